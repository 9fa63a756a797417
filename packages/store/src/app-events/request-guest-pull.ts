import { guestPull, type PayloadOf } from '@luma-sync/jobs';
import { findCouponRecipients, listEarners } from '../coupons/recipients.js';
import type { Db } from '../database.js';
import { type ConfirmationNeeded, isTooFew } from '../mail-guard/confirm.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { type CommandOptions, type CommandResult, onLinkedEvent } from './command.js';

export interface GuestPullOptions {
  /** Absent: yes, unless the event is cancelled. */
  assignCoupons?: boolean | undefined;
  /** As `assignCoupons`. */
  sendEmails?: boolean | undefined;
  /** People who may be mailed a code, as somebody counted them; absent: nobody said. */
  confirmRecipients?: number | undefined;
  approvalStatus?: PayloadOf<'guest.pull'>['approvalStatus'] | undefined;
}

/**
 * Asks for Luma's guest list to be read and merged. Where more people than the calendar's limit would be mailed a code, as far as they are known,
 * their number has to be said; the pull itself mails no more than that. Guests of a cancelled event get no coupons and no mail; `cancelled` says so to whoever asked
 * for either.
 */
export async function requestGuestPull(
  tx: Db,
  key: string,
  { assignCoupons, sendEmails, approvalStatus = null, confirmRecipients }: GuestPullOptions,
  { actor }: CommandOptions,
): Promise<CommandResult> {
  return onLinkedEvent(tx, key, async (event, link) => {
    const isCancelled = event.approval === 'cancelled';
    if (isCancelled && (assignCoupons === true || sendEmails === true)) return { kind: 'cancelled' };
    const coupons = { assignCoupons: assignCoupons ?? !isCancelled, sendEmails: sendEmails ?? !isCancelled };
    const isMailed = coupons.assignCoupons && coupons.sendEmails;
    const refusal = isMailed ? await judgeCouponMail(tx, event.id, link.calendarId, confirmRecipients) : null;
    if (refusal !== null) return refusal;
    const mailsConfirmed = isMailed ? confirmRecipients : undefined;
    return enqueueOperation(
      tx,
      guestPull,
      { eventId: event.id, ...coupons, approvalStatus, ...(mailsConfirmed === undefined ? {} : { mailsConfirmed }) },
      { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId },
    );
  });
}

async function judgeCouponMail(
  tx: Db,
  eventId: string,
  calendarId: string,
  confirmed: number | undefined,
): Promise<ConfirmationNeeded | null> {
  const recipients = (await findCouponRecipients(tx, eventId, await listEarners(tx, eventId, null))).length;
  if (confirmed !== undefined)
    return isTooFew(confirmed, recipients) ? { kind: 'confirm-recipients', recipients } : null;
  const { mailConfirmAbove } = await tx.calendar.findUniqueOrThrow({ where: { id: calendarId } });
  return recipients <= mailConfirmAbove ? null : { kind: 'confirm-recipients', recipients };
}
