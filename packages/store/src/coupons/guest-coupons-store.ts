import { couponEmail, type Trigger } from '@luma-sync/jobs';
import type { Database, Tx } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { saveCheckpoint } from '../operations/run.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { assignCoupons } from './assign.js';
import { clearWaits } from './note-missing.js';
import { findCouponRecipients, listEarners } from './recipients.js';

/** Guests served in one commit: few enough that it stays short, however long the list. */
const BATCH = 500;

export interface CouponRequest {
  eventId: string;
  calendarId: string;
  sendEmails: boolean;
  /** As in `AssignCouponsRequest`. */
  mailAssigned: boolean;
  trigger: Trigger;
}

export interface CouponBatch extends CouponRequest {
  /** People served before, in the order of the listing. */
  from: number;
  /** Mails that may still be queued; null when none is sent at all. */
  mailsLeft: number | null;
}

export interface ServedBatch {
  assigned: number;
  outOfCodes: number;
  /** One line for each pool that ran out of codes. */
  warnings: string[];
  mailed: number;
  /** Would have been mailed, and there was no leave for them. */
  held: number;
  /** Where the next batch begins; null after the last. */
  next: number | null;
}

/**
 * How a guest pull gives coupons to whom its listing showed. Each writing call is one fenced commit of the given run.
 */
export function createGuestCoupons(db: Database) {
  return {
    /** How many would be mailed a code now, and how many need nobody's word. */
    outlook: async (operationId: string, { eventId, calendarId, mailAssigned }: CouponRequest) => {
      const earners = await listEarners(db, eventId, operationId);
      const recipients = (await findCouponRecipients(db, eventId, earners, mailAssigned)).length;
      const calendar = await db.calendar.findUnique({ where: { id: calendarId }, select: { mailConfirmAbove: true } });
      return { recipients, limit: calendar?.mailConfirmAbove ?? 0 };
    },

    /** Why so many are mailed, or nobody: in the event's story, before the first of them is. */
    noteDecision: (
      holder: LeaseHolder,
      eventId: string,
      reason: string,
      mail: { allowed: boolean; recipients: number; mailed: number },
    ) =>
      fencedTransaction(db, holder, (tx) =>
        appendTimeline(tx, [
          {
            recordType: 'event',
            recordId: eventId,
            operationId: holder.operationId,
            fact: { fact: 'mail-decided', reason, mail: { purpose: couponEmail.name, ...mail } },
          },
        ]),
      ),

    /** Serves the next people. Who may not be mailed gets no code either. */
    serve: (
      holder: LeaseHolder,
      batch: CouponBatch,
      checkpoint: (served: ServedBatch) => object,
    ): Promise<ServedBatch> => fencedTransaction(db, holder, (tx) => serveBatch(tx, holder, batch, checkpoint)),
  };
}

async function serveBatch(
  tx: Tx,
  holder: LeaseHolder,
  batch: CouponBatch,
  checkpoint: (served: ServedBatch) => object,
): Promise<ServedBatch> {
  if (batch.from === 0) await clearWaits(tx, batch.eventId);
  const earners = await listEarners(tx, batch.eventId, holder.operationId);
  const people = earners.slice(batch.from, batch.from + BATCH);
  const recipients =
    batch.mailsLeft === null ? [] : await findCouponRecipients(tx, batch.eventId, people, batch.mailAssigned);
  const held = new Set(recipients.slice(batch.mailsLeft ?? 0));
  const pools = await assignCoupons(tx, {
    eventId: batch.eventId,
    personIds: people.filter((id) => !held.has(id)),
    sendEmails: batch.sendEmails,
    mailAssigned: batch.mailAssigned,
    trigger: batch.trigger,
    actor: 'guest.pull',
  });
  const served: ServedBatch = {
    assigned: pools.reduce((sum, pool) => sum + pool.assigned, 0),
    outOfCodes: pools.reduce((sum, pool) => sum + pool.outOfCodes, 0),
    warnings: pools.flatMap(({ warning }) => warning ?? []),
    mailed: recipients.length - held.size,
    held: held.size,
    next: batch.from + BATCH < earners.length ? batch.from + BATCH : null,
  };
  await saveCheckpoint(tx, holder.operationId, checkpoint(served));
  return served;
}

export type GuestCoupons = ReturnType<typeof createGuestCoupons>;
