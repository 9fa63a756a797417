import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { findDefinition } from '@luma-sync/jobs';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { retryingTransaction } from '../contention.js';
import { inTransaction } from '../database.js';
import { storeDelivery } from '../deliveries/store-delivery.js';
import { type DueSweep, enqueueDue } from './enqueue-due.js';

let world: SyncWorld;
let calendarId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  calendarId = await world.addCalendar();
});

const sweep = (): Promise<DueSweep> => inTransaction(world.db, enqueueDue);
const NONE: DueSweep = { events: 0, rsvps: 0, deliveries: 0, couponEmails: 0 };
/** The rows are as old as if nothing had touched them for a while. */
const age = async () => {
  await world.db.$executeRaw`update events set updated_at = now() - interval '10 min'`;
  await world.db.$executeRaw`update event_links set updated_at = now() - interval '10 min'`;
  await world.db.$executeRaw`update rsvps set updated_at = now() - interval '10 min'`;
  await world.db.$executeRaw`update rsvp_links set updated_at = now() - interval '10 min'`;
  await world.db.$executeRaw`update webhook_deliveries set received_at = now() - interval '10 min'`;
  await world.db.$executeRaw`update messages set created_at = now() - interval '10 min'`;
};
const openJobs = async () => (await world.db.operation.findMany({ where: { state: 'queued' } })).map(({ job }) => job);

async function addDueEvent(): Promise<string> {
  const eventId = await world.addEvent({ calendarId });
  await world.db.eventLink.update({ where: { eventId }, data: { state: 'pending_push' } });
  return eventId;
}

async function addDueRsvp(): Promise<string> {
  const eventId = await world.addEvent({ calendarId });
  await world.db.rsvp.create({
    data: { eventId, personId: await world.addPerson(), status: 'going', link: { create: { state: 'pending_push' } } },
  });
  return eventId;
}

async function addReleasedMail(): Promise<string> {
  const eventId = await world.addEvent({ calendarId });
  await world.db.eventLink.update({ where: { eventId }, data: { lumaEventId: `evt-${eventId}`, state: 'synced' } });
  await world.db.calendar.update({ where: { id: calendarId }, data: { mailOnRsvp: true } });
  const marks = { askedRevision: 1, mailHeldRevision: 1, mailConfirmedAt: new Date(Date.now() - 600_000) };
  const link = { create: { state: 'synced', lumaGuestId: `gst-${eventId}`, ...marks } } as const;
  await world.db.rsvp.create({ data: { eventId, personId: await world.addPerson(), status: 'going', link } });
  return eventId;
}

async function addDueEmail(): Promise<string> {
  const eventId = await world.addEvent({ calendarId });
  const personId = await world.addPerson();
  const pool = await world.db.couponPool.create({ data: { name: randomUUID() } });
  const code = await world.db.couponCode.create({ data: { poolId: pool.id, code: randomUUID(), position: 1 } });
  const assignment = await world.db.couponAssignment.create({
    data: { poolId: pool.id, personId, codeId: code.id, eventId },
  });
  await world.db.message.create({
    data: { kind: 'coupon', assignmentId: assignment.id, recipient: 'a@example.org', idempotencyKey: randomUUID() },
  });
  return assignment.id;
}

const addDelivery = () =>
  retryingTransaction(world.db, (tx) =>
    storeDelivery(tx, {
      calendarId,
      webhookId: randomUUID(),
      type: 'event.updated',
      rawBody: '{}',
      signedAt: new Date(),
      recordKey: 'evt-1',
      isKnown: true,
    }),
  );

describe('a sweep of due rows', () => {
  it('makes an operation for a confirmed mail whose operation is gone, and none once it was asked for', async () => {
    const eventId = await addReleasedMail();
    await age();
    expect(await sweep()).toEqual({ ...NONE, rsvps: 1 });
    expect(await openJobs()).toEqual(['rsvp.push']);
    await world.db.operation.deleteMany({ where: { eventId } });
    await world.db.rsvpLink.updateMany({ data: { mailHeldRevision: null, mailConfirmedAt: null } });
    expect(await sweep()).toEqual(NONE);
  });

  it('makes an operation for each due event, answer, delivery and mail whose operation is gone', async () => {
    await addDueEvent();
    await world.addEvent();
    await addDueRsvp();
    await addDelivery();
    await addDueEmail();
    await world.db.operation.deleteMany();
    await age();
    expect(await sweep()).toEqual({ events: 2, rsvps: 1, deliveries: 1, couponEmails: 1 });
    expect((await openJobs()).sort()).toEqual(['coupon.email', 'event.push', 'event.push', 'inbox.apply', 'rsvp.push']);
    expect(await sweep()).toEqual(NONE);
  });

  it('makes none for a row that is done, that somebody works on, or that changed just now', async () => {
    await world.addEvent({ calendarId });
    const running = await addDueEvent();
    await world.begin(await world.enqueue('event.push', { eventId: running }));
    await age();
    await addDueRsvp();
    expect(await sweep()).toEqual(NONE);
  });

  it('makes none where a run parked its operation: that one is tried again', async () => {
    const eventId = await addDueEvent();
    const id = await world.enqueue('event.push', { eventId });
    await world.db.operation.update({ where: { id }, data: { parkedAt: new Date(), runAfter: new Date(2e12) } });
    await age();
    expect(await sweep()).toEqual(NONE);
  });

  it('makes none for what Luma refused at this very revision, and one after the next edit', async () => {
    const eventId = await world.addEvent();
    await age();
    await world.db.operation.create({
      data: {
        job: 'event.push',
        dedupeKey: `event.push:${eventId}`,
        payload: { eventId },
        priority: 1,
        state: 'failed',
        errorCode: 'event.no_calendar',
        trigger: 'api',
        actor: 'test',
        eventId,
        deadlineAt: new Date(),
        finishedAt: new Date(Date.now() - 5 * 60_000),
        dispatchAt: null,
      },
    });
    expect(await sweep()).toEqual(NONE);
    await world.db.$executeRaw`update events set updated_at = now() - interval '2 min'`;
    expect(await sweep()).toMatchObject({ events: 1 });
  });

  describe('takes up again what an earlier version gave up', () => {
    /** The dead letter of an operation whose last attempt failed, or that `code` ended; and what its rows say of it. */
    async function giveUp(code: string, isLastAttempt: boolean): Promise<void> {
      for (const { id, job } of await world.db.operation.findMany()) {
        const { attempts } = findDefinition(job) ?? { attempts: 0 };
        const ended = { state: 'failed', errorCode: code, finishedAt: new Date(), dispatchAt: null } as const;
        await world.db.operation.update({
          where: { id },
          data: { ...ended, attempts: isLastAttempt ? attempts - 1 : 1 },
        });
      }
      const lastError = { code, message: 'it failed', at: new Date().toISOString() };
      await world.db.eventLink.updateMany({
        where: { state: 'pending_push' },
        data: { state: 'push_failed', lastError },
      });
      await world.db.rsvpLink.updateMany({ data: { state: 'push_failed', lastError } });
      await world.db.webhookDelivery.updateMany({ data: { state: 'failed', error: `${code}: it failed` } });
      await world.db.message.updateMany({ data: { state: 'failed', lastError } });
    }

    beforeEach(async () => {
      const pushed = await addDueEvent();
      await world.enqueue('event.push', { eventId: pushed });
      const answered = await addDueRsvp();
      await world.enqueue('rsvp.push', { eventId: answered });
      await addDelivery();
      const assignmentId = await addDueEmail();
      await world.enqueue('coupon.email', { assignmentId });
      const { eventId } = await world.db.couponAssignment.findUniqueOrThrow({ where: { id: assignmentId } });
      await world.db.operation.updateMany({ where: { job: 'event.push' }, data: { eventId: pushed } });
      await world.db.operation.updateMany({ where: { job: 'rsvp.push' }, data: { eventId: answered } });
      await world.db.operation.updateMany({ where: { job: 'coupon.email' }, data: { eventId } });
    });

    it.each([
      ['for crashes', 'operation.crashed', false],
      ['for its deadline', 'operation.deadline', false],
      ['once its attempts were used', 'luma.unavailable', true],
    ])('%s: events, answers, deliveries and mails, once', async (_why, code, isLastAttempt) => {
      await giveUp(code, isLastAttempt);
      await age();
      expect(await sweep()).toEqual({ events: 1, rsvps: 1, deliveries: 1, couponEmails: 1 });
      expect(await world.db.rsvpLink.findMany()).toMatchObject([{ state: 'pending_push', lastError: null }]);
      expect(await sweep()).toEqual(NONE);
    });

    it('but no mail about an event that is over, and no delivery of which everything was read since', async () => {
      await giveUp('luma.unavailable', true);
      await age();
      await world.db.event.updateMany({ data: { endsAt: new Date(Date.now() - 2 * 86_400_000) } });
      await world.db.webhookDelivery.updateMany({ data: { receivedAt: new Date(Date.now() - 8 * 86_400_000) } });
      expect(await sweep()).toEqual(NONE);
    });

    it('but nothing that was refused for good', async () => {
      await giveUp('luma.rejected', false);
      await age();
      expect(await sweep()).toEqual(NONE);
    });

    it('but nothing that was refused for good when it was taken up again', async () => {
      await giveUp('luma.unavailable', true);
      await age();
      await sweep();
      await world.db.$executeRaw`
        update operations set state = 'failed', error_code = 'luma.rejected', finished_at = now() + interval '1 second',
          dispatch_at = null
        where state = 'queued'`;
      const lastError = { code: 'luma.rejected', message: 'no', at: new Date().toISOString() };
      await world.db.eventLink.updateMany({ where: { state: 'push_failed' }, data: { lastError } });
      await world.db.rsvpLink.updateMany({ data: { state: 'push_failed', lastError } });
      await world.db.webhookDelivery.updateMany({ data: { state: 'failed', error: 'luma.rejected: no' } });
      await world.db.message.updateMany({ data: { state: 'failed', lastError } });
      expect(await sweep()).toEqual(NONE);
    });
  });
});
