import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { couponEmail, eventPush } from '@luma-sync/jobs';
import {
  type Database,
  enqueueDue,
  enqueueOperation,
  inTransaction,
  openDatabase,
  storeDelivery,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { discardOperation } from './discard.js';

const ASKED = { trigger: 'api', actor: 'test' } as const;

/** A due event, webhook delivery and coupon mail, each with its operation; nothing touched them for a while. */
async function addDueRecords(db: Database): Promise<void> {
  const { id: calendarId } = await db.calendar.create({ data: { name: 'one', kind: 'luma' } });
  const times = { startsAt: new Date('2030-12-01T18:00:00.000Z'), endsAt: new Date('2030-12-01T20:00:00.000Z') };
  const data = { source: 'app', approval: 'approved', title: 'Meetup', timezone: 'UTC', ...times } as const;
  const link = { create: { calendarId, state: 'pending_push' } } as const;
  const { id: eventId } = await db.event.create({ data: { ...data, link } });
  await enqueueOperation(db, eventPush, { eventId }, { ...ASKED, eventId });
  const { id: personId } = await db.person.create({ data: { email: 'a@example.org', origin: 'app' } });
  const pool = await db.couponPool.create({ data: { name: 'Drinks' } });
  const code = await db.couponCode.create({ data: { poolId: pool.id, code: 'C-1', position: 1 } });
  const message = { create: { kind: 'coupon', recipient: 'a@example.org', idempotencyKey: randomUUID() } } as const;
  const { id: assignmentId } = await db.couponAssignment.create({
    data: { poolId: pool.id, personId, codeId: code.id, eventId, message },
  });
  await enqueueOperation(db, couponEmail, { assignmentId }, ASKED);
  const received = { calendarId, webhookId: randomUUID(), type: 'event.updated', rawBody: '{}', signedAt: new Date() };
  await inTransaction(db, (tx) => storeDelivery(tx, { ...received, recordKey: 'evt-1', isKnown: true }));
  await db.$executeRaw`update events set updated_at = now() - interval '10 min'`;
  await db.$executeRaw`update event_links set updated_at = now() - interval '10 min'`;
  await db.$executeRaw`update webhook_deliveries set received_at = now() - interval '10 min'`;
  await db.$executeRaw`update messages set created_at = now() - interval '10 min'`;
}

const NOTHING = { events: 0, rsvps: 0, deliveries: 0, couponEmails: 0 };

it('a sweep of due rows leaves alone what a person discarded', async () => {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  await addDueRecords(db);
  const operations = await db.operation.findMany({ orderBy: { job: 'asc' } });
  expect(operations.map(({ job }) => job)).toEqual(['coupon.email', 'event.push', 'inbox.apply']);
  for (const { id } of operations)
    await inTransaction(db, (tx) => discardOperation(tx, id, { reason: 'not wanted', actor: 'test' }));
  expect(await inTransaction(db, enqueueDue)).toEqual(NOTHING);
  expect(await db.webhookDelivery.findFirst()).toMatchObject({ state: 'failed' });
  expect(await db.message.findFirst()).toMatchObject({ state: 'failed' });
});
