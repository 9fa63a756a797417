/** Our words for an answer. */
export const RSVP_STATUSES = ['going', 'pending', 'interested', 'waitlist', 'rejected', 'cancelled'] as const;
export type RsvpStatus = (typeof RSVP_STATUSES)[number];

/** Luma's words for a guest, as far as they can be written. */
export type WritableApprovalStatus = 'approved' | 'pending_approval' | 'waitlist' | 'declined';

/**
 * How Luma's guest reads here. `session` is undocumented at Luma; it reads as going, as users asked, but earns no
 * coupon and no mail. A status Luma adds later is null: unknown, left alone.
 */
export function toRsvpStatus(approvalStatus: string): RsvpStatus | null {
  switch (approvalStatus) {
    case 'approved':
    case 'session':
      return 'going';
    case 'pending_approval':
      return 'pending';
    case 'invited':
      return 'interested';
    case 'declined':
      return 'rejected';
    case 'waitlist':
      return 'waitlist';
    default:
      return null;
  }
}

/**
 * What Luma should show for our answer. `interested` is nothing Luma can be told: an invitation would mail and text the
 * person.
 */
export function toApprovalStatus(status: RsvpStatus): WritableApprovalStatus | null {
  switch (status) {
    case 'going':
      return 'approved';
    case 'pending':
      return 'pending_approval';
    case 'waitlist':
      return 'waitlist';
    case 'rejected':
    case 'cancelled':
      return 'declined';
    case 'interested':
      return null;
  }
}

/** Whether an answer asks Luma for a place, confirmed or not. */
export function holdsPlace(status: RsvpStatus): boolean {
  const approvalStatus = toApprovalStatus(status);
  return approvalStatus !== null && approvalStatus !== 'declined';
}

/** Only a confirmed place earns a coupon. */
export function earnsCoupon(approvalStatus: string): boolean {
  return approvalStatus === 'approved';
}

/** Automation may move a guest only out of these; anything else was decided by a person. */
export function isUndecided(approvalStatus: string): boolean {
  return approvalStatus === 'pending_approval' || approvalStatus === 'waitlist';
}
