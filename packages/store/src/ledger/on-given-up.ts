import { type ClaimedOperation, type Failure, findDefinition, type JobName, type PayloadOf } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { markDeliveryDelayed, markDeliveryFailed } from '../deliveries/mark-failed.js';
import { markPushDelayed, markPushFailed } from '../events/push-marks.js';
import { couponEmailDelayed, couponEmailGivenUp } from '../messages/coupon-email-given-up.js';
import type { Delay } from '../operations/delayed-error.js';
import { markDueRsvpsDelayed, markDueRsvpsFailed } from '../rsvps/push-marks.js';

/** What a table says for each job: a job that is missing here does not compile. */
export type ForEachJob<What> = { [N in JobName]: (tx: Db, payload: PayloadOf<N>, what: What) => Promise<void> };

/** The record shows no failure: the operation itself is all there is to see. */
const nothing = async (): Promise<void> => {};

/** What a record shows of an operation that was given up. Stored in the commit that ends the operation. */
export const onGivenUp: ForEachJob<Failure> = {
  'calendar.pull': nothing,
  'coupon.email': couponEmailGivenUp,
  'drift.check': nothing,
  'event.cancel': nothing,
  'event.pull': nothing,
  'event.push': (tx, { eventId }, failure) => markPushFailed(tx, eventId, failure),
  'guest.pull': nothing,
  'inbox.apply': (tx, { deliveryId }, failure) => markDeliveryFailed(tx, deliveryId, failure),
  'org.backfill': nothing,
  'rsvp.push': (tx, { eventId }, failure) => markDueRsvpsFailed(tx, eventId, failure),
  'rsvp.reconcile': nothing,
  'webhook.watch': nothing,
};

/** What a record shows of an operation that is parked. Stored in the commit that parks it. */
export const onParked: ForEachJob<Delay> = {
  'calendar.pull': nothing,
  'coupon.email': (tx, { assignmentId }, delay) => couponEmailDelayed(tx, assignmentId, delay),
  'drift.check': nothing,
  'event.cancel': nothing,
  'event.pull': nothing,
  'event.push': (tx, { eventId }, delay) => markPushDelayed(tx, eventId, delay),
  'guest.pull': nothing,
  'inbox.apply': (tx, { deliveryId }, delay) => markDeliveryDelayed(tx, deliveryId, delay),
  'org.backfill': nothing,
  'rsvp.push': (tx, { eventId }, delay) => markDueRsvpsDelayed(tx, eventId, delay),
  'rsvp.reconcile': nothing,
  'webhook.watch': nothing,
};

/** Marks the record of an operation. A payload that does not parse names no record that could be marked. */
export async function markRecord<What>(
  tx: Db,
  table: ForEachJob<What>,
  { job, payload }: Pick<ClaimedOperation, 'job' | 'payload'>,
  what: What,
): Promise<void> {
  const parsed = findDefinition(job)?.payload.safeParse(payload);
  if (parsed?.success !== true) return;
  const mark = table[job as JobName] as (tx: Db, payload: unknown, what: What) => Promise<void>;
  await mark(tx, parsed.data, what);
}
