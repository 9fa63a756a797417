import { type CouponOutlook, decideCoupons, describeCoupons } from '@luma-sync/domain';
import { guestPull, type PayloadOf } from '@luma-sync/jobs';
import {
  countPoolsOfEvent,
  type Db,
  enqueueOperation,
  findCouponRecipients,
  getCalendarRules,
  listEarners,
  type Tx,
} from '@luma-sync/store';
import { type ConfirmationNeeded, isTooFew } from '../mails/confirm.js';
import { type CommandOptions, type CommandResult, onLinkedEvent } from './command.js';

export interface GuestPullOptions {
  /** Absent: yes, unless the event is cancelled. */
  assignCoupons?: boolean | undefined;
  /** Absent: as the calendar's `mailCoupons`, unless the event is cancelled. */
  sendEmails?: boolean | undefined;
  /** The most people who may be mailed a code; absent: nobody said. */
  confirmRecipients?: number | undefined;
  approvalStatus?: PayloadOf<'guest.pull'>['approvalStatus'] | undefined;
}

export type GuestPullResult =
  | Exclude<CommandResult, { kind: 'done' }>
  | (Extract<CommandResult, { kind: 'done' }> & { coupons: CouponOutlook });

/**
 * Asks for Luma's guest list to be read and merged. Where more people than the calendar's limit would be mailed a code,
 * as far as they are known, their number has to be said; the pull itself mails no more than that. Guests of a cancelled
 * event get no coupons and no mail; a request for either is answered with `cancelled`.
 */
export async function requestGuestPull(
  tx: Tx,
  key: string,
  { assignCoupons, sendEmails, approvalStatus = null, confirmRecipients }: GuestPullOptions,
  { actor }: CommandOptions,
): Promise<GuestPullResult> {
  const wish = { assignCoupons, sendEmails };
  let outlook: CouponOutlook | null = null;
  const result = await onLinkedEvent(tx, key, async (event, link) => {
    const isCancelled = event.approval === 'cancelled';
    if (isCancelled && (assignCoupons === true || sendEmails === true)) return { kind: 'cancelled' };
    const calendar = await getCalendarRules(tx, link.calendarId);
    const defaults = { isCancelled, mailCoupons: calendar.mailCoupons };
    const coupons = decideCoupons(wish, defaults);
    const isMailed = coupons.assignCoupons && coupons.sendEmails;
    // Only a request that asks for mails reaches codes of before: the calendar's setting speaks of the codes that a
    // pull gives.
    const mailAssigned = isMailed && sendEmails === true;
    const recipients = isMailed ? await countRecipients(tx, event.id, mailAssigned) : 0;
    const refusal = isMailed ? judgeCouponMail(recipients, calendar.mailConfirmAbove, confirmRecipients) : null;
    if (refusal !== null) return refusal;
    const pools = await countPoolsOfEvent(tx, event.id);
    outlook = describeCoupons(wish, defaults, { pools, recipients });
    const mailsConfirmed = isMailed ? confirmRecipients : undefined;
    return enqueueOperation(
      tx,
      guestPull,
      {
        ...{ eventId: event.id, ...coupons, approvalStatus },
        ...(mailsConfirmed === undefined ? {} : { mailsConfirmed }),
        ...(mailAssigned ? { mailAssigned } : {}),
      },
      { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId },
    );
  });
  if (result.kind !== 'done') return result;
  if (outlook === null) throw new Error('a guest pull was asked for without its outlook');
  return { ...result, coupons: outlook };
}

const countRecipients = async (tx: Db, eventId: string, mailAssigned: boolean): Promise<number> =>
  (await findCouponRecipients(tx, eventId, await listEarners(tx, eventId, null), mailAssigned)).length;

function judgeCouponMail(recipients: number, limit: number, confirmed: number | undefined): ConfirmationNeeded | null {
  const isRefused = confirmed === undefined ? recipients > limit : isTooFew(confirmed, recipients);
  return isRefused ? { kind: 'confirm-recipients', recipients } : null;
}
