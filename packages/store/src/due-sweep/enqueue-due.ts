import { couponEmail, eventPush, inboxApply, rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';
import {
  findDueCouponEmails,
  findDueDeliveries,
  findDueEvents,
  findEventsWithDueRsvps,
  findEventsWithReleasedMails,
  reviveRsvps,
} from './find-due.js';

/** Operations made for due rows that had none, by what is due. */
export type DueSweep = Record<'events' | 'rsvps' | 'deliveries' | 'couponEmails', number>;

const BY_SWEEP = { trigger: 'scheduled', actor: 'due-sweep' } as const;

/**
 * Makes an operation for each due row without one: lost, ended without its work, or removed. State decides, not the
 * history of an operation. Each kind is bounded; a second sweep at once joins the operations of the first.
 */
export async function enqueueDue(tx: Db): Promise<DueSweep> {
  const events = await findDueEvents(tx);
  const pushed = await enqueueOperations(
    tx,
    eventPush,
    events.map(({ eventId, calendarId }) => ({ payload: { eventId }, eventId, calendarId, ...BY_SWEEP })),
  );
  const withRsvps = await findEventsWithDueRsvps(tx);
  await reviveRsvps(
    tx,
    withRsvps.map(({ eventId }) => eventId),
  );
  const withMails = await findEventsWithReleasedMails(tx);
  const answered = await enqueueOperations(
    tx,
    rsvpPush,
    [...withRsvps, ...withMails].map(({ eventId, calendarId }) => ({
      payload: { eventId },
      eventId,
      calendarId,
      ...BY_SWEEP,
    })),
  );
  const deliveries = await findDueDeliveries(tx);
  const applied = await enqueueOperations(
    tx,
    inboxApply,
    deliveries.map(({ calendarId, ...payload }) => ({ payload, calendarId, ...BY_SWEEP })),
  );
  const emails = await findDueCouponEmails(tx);
  const mailed = await enqueueOperations(
    tx,
    couponEmail,
    emails.map(({ assignmentId, eventId }) => ({ payload: { assignmentId }, eventId, ...BY_SWEEP })),
  );
  return { events: pushed.length, rsvps: answered.length, deliveries: applied.length, couponEmails: mailed.length };
}
