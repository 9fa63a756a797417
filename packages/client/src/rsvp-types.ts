/* RSVPs, guest pulls, and questions about removed guests. */

import type { EventDifference, SyncError } from './common-types.js';
import type { OperationRef } from './operation-types.js';

export type RsvpStatus = 'going' | 'interested' | 'pending' | 'waitlist' | 'rejected' | 'cancelled';

export interface RsvpFilter {
  status?: RsvpStatus;
  /** Answers that changed at this moment or later. */
  updatedSince?: string;
}

export interface RsvpInput {
  name: string;
  /** Without one luma-sync answers `rsvp.email_required`. */
  email?: string | null;
  /**
   * The app has proof that the person receives mail under this address. Without it no guest of Luma's becomes this
   * person.
   */
  emailVerified?: boolean;
  /** With its country code. */
  phone?: string | null;
  status: RsvpStatus;
}

export interface Rsvp {
  /** The app's id of the person; luma-sync's own for one known only from Luma. */
  personId: string;
  externalId: string | null;
  origin: 'app' | 'luma';
  name: string | null;
  email: string | null;
  /** The app had proof of the address, or Luma showed it. */
  emailVerified: boolean;
  phone: string | null;
  status: RsvpStatus;
  checkedInAt: string | null;
  registeredAt: string | null;
  ticketType: string | null;
  tickets: { id: string; name: string | null; checkedInAt: string | null }[];
  /** Answers to the questions of the registration at Luma. */
  answers: { questionId: string; label: string | null; type: string | null; value: unknown }[];
  updatedAt: string;
  luma: { guestId: string } | null;
  sync: {
    state:
      | 'pending_push'
      | 'unconfirmed'
      | 'pulled'
      | 'synced'
      | 'push_failed'
      | 'removed'
      | 'unverified'
      | 'not_carried'
      | null;
    lastError: SyncError | null;
    /** What Luma does not hold as the answer has it: `name`, where Luma refused the name. */
    notAtLuma: EventDifference[];
    /** Luma has the answer and did not mail about it; `heldMails.confirm` lets it. */
    isMailHeld: boolean;
  };
}

/** Asked because too much was missing at Luma at once; nothing is removed while it is open. */
export interface RemovalQuestion {
  id: string;
  recordType: 'rsvp' | 'event';
  /** Whose guests are missing; null when it is events. */
  event: string | null;
  calendarId: string | null;
  missing: number;
  total: number;
  state: 'open' | 'answered' | 'settled';
  answer: 'remove' | 'keep' | null;
  answeredBy: string | null;
  answeredAt: string | null;
  settledAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface RemovalQuestionFilter {
  state?: RemovalQuestion['state'];
}

/** What a guest pull will do about coupons, as far as it is known before the list is read. */
export interface GuestPullCoupons {
  assigned: boolean;
  mailed: boolean;
  /** People known here who would be mailed a code now; 0 when nobody is mailed. */
  recipients: number;
  /** One sentence for an operator. */
  message: string;
}

export interface GuestPullStarted {
  operation: OperationRef;
  coupons: GuestPullCoupons;
}

export interface GuestPullInput {
  /** Default true; for a cancelled event false, and true is refused. */
  assignCoupons?: boolean;
  /** Default: the calendar’s `mailCoupons`; for a cancelled event false, and true is refused. */
  sendEmails?: boolean;
  /** People who may be mailed a code. */
  confirmRecipients?: number;
  approvalStatus?: 'approved' | 'pending_approval' | 'invited' | 'declined' | 'waitlist' | null;
}
