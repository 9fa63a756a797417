import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventPull, inboxApply } from '@luma-sync/jobs';
import { renderEntry } from '@luma-sync/timeline';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { appendRun, type EndedRun } from './append-run.js';
import { appendTimeline } from './append-timeline.js';
import * as reading from './read-timeline.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const rendered = async (rows: Promise<reading.TimelineRow[]>) =>
  (await rows).map((row) => ({ ...row, ...renderEntry(row) }));
const readEventTimeline = (...of: Parameters<typeof reading.readEventTimeline>) =>
  rendered(reading.readEventTimeline(...of));
const readRecordTimeline = (...of: Parameters<typeof reading.readRecordTimeline>) =>
  rendered(reading.readRecordTimeline(...of));
const readRsvpTimeline = (...of: Parameters<typeof reading.readRsvpTimeline>) =>
  rendered(reading.readRsvpTimeline(...of));

const all: Parameters<typeof readRsvpTimeline>[2] = { after: null, limit: 100 };
const read = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 12, code: null };
const update = { ...read, method: 'POST', path: '/v1/events/update' };

let calendarId: string;
let eventId: string;
let operationId: string;
beforeEach(async () => {
  calendarId = await world.addCalendar();
  eventId = await world.addEvent({ calendarId });
  operationId = await anOperation();
});

async function anOperation(): Promise<string> {
  const options = { trigger: 'scheduled' as const, actor: 'schedule', eventId, calendarId };
  const { id } = await enqueueOperation(world.db, eventPull, { eventId }, options);
  // Not joined by the next one.
  await world.db.operation.update({ where: { id }, data: { dedupeKey: randomUUID() } });
  return id;
}

const run = (over: Partial<EndedRun> = {}): Promise<void> =>
  appendRun(world.db, {
    operationId,
    ending: { kind: 'done', details: {} },
    requests: [read],
    requestsMore: 0,
    ...over,
  });
const waits = (code: string) =>
  run({ ending: { kind: 'waiting', code, message: 'waits', until: new Date().toISOString() }, requests: [] });
const story = async () =>
  (await readEventTimeline(world.db, eventId, all)).map(({ message, repeats }) => [message, repeats]);

describe('runs in the timeline', () => {
  it('one entry tells a run with every request it made', async () => {
    await run({ requests: [update, read] });
    expect(await readEventTimeline(world.db, eventId, all)).toMatchObject([
      {
        recordType: 'event',
        recordId: eventId,
        operationId,
        kind: 'answered',
        actor: 'luma-sync',
        fact: 'run',
        message:
          'Look at the event ended well; nothing changed. 2 requests to Luma: update the event (200, 12 ms); ' +
          'read the event (200, 12 ms). Asked for by the schedule.',
        details: {
          job: 'event.pull',
          trigger: 'scheduled',
          askedBy: 'schedule',
          requests: [update, read],
          requestsMore: 0,
        },
        repeats: 1,
        lastAt: null,
      },
    ]);
  });

  it('a hundred looks that find nothing are one row with a count', async () => {
    for (let look = 0; look < 100; look += 1) await run();
    const [entry, ...others] = await readEventTimeline(world.db, eventId, all);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ repeats: 100, lastAt: expect.any(Date) });
  });

  it('waits for different reasons in turn are one row each', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await waits('limiter.budget');
      await waits('lease.busy');
    }
    expect((await story()).map(([, repeats]) => repeats)).toEqual([5, 5]);
  });

  it('what was told in between ends the counting', async () => {
    await run();
    await run({ requests: [update] });
    await run();
    await appendTimeline(world.db, [
      { recordType: 'event', recordId: eventId, fact: { fact: 'event-commanded', revision: 2, command: 'approved' } },
    ]);
    await run();
    expect((await story()).map(([, repeats]) => repeats)).toEqual([1, 1, 1, 1, 1]);
  });

  it('a run that wrote at Luma or failed is told each time', async () => {
    for (let time = 0; time < 2; time += 1) {
      await run({ requests: [update] });
      await run({ ending: { kind: 'retry', code: 'luma.unavailable', message: 'away', attempt: 1 } });
    }
    expect(await story()).toHaveLength(4);
  });

  it('a run whose own entries have told it writes nothing', async () => {
    await run({ requests: [] });
    await run({ ending: { kind: 'done', details: { type: 'guest.updated', applied: 'updated' } }, requests: [] });
    await run({ ending: { kind: 'interrupted' }, requests: [] });
    expect(await story()).toEqual([]);
  });

  it('a webhook that brings nothing new stands with the event it speaks of', async () => {
    const { lumaEventId } = await world.db.eventLink.findUniqueOrThrow({ where: { eventId } });
    const payload = { deliveryId: randomUUID(), recordKey: lumaEventId ?? '' };
    const options = { trigger: 'webhook' as const, actor: 'webhook', calendarId };
    operationId = (await enqueueOperation(world.db, inboxApply, payload, options)).id;
    await run({ ending: { kind: 'done', details: { type: 'event.updated', applied: 'unchanged' } }, requests: [] });
    expect(await story()).toEqual([
      ['Webhook event.updated: nothing new; an echo of our own push, or seen before.', 1],
    ]);
  });

  it('what is about no event stands with the calendar', async () => {
    await world.db.operation.update({ where: { id: operationId }, data: { eventId: null } });
    await run();
    expect(await story()).toEqual([]);
    expect(await readRecordTimeline(world.db, calendarId, all)).toMatchObject([
      { recordType: 'calendar', fact: 'run' },
    ]);
  });

  it('two runs at once are both counted', async () => {
    await run();
    await Promise.all(Array.from({ length: 8 }, () => run()));
    const rows = await readEventTimeline(world.db, eventId, all);
    expect(rows.reduce((sum, { repeats }) => sum + repeats, 0)).toBe(9);
  });
});

describe('the timeline of an answer', () => {
  it('tells the answer, its coupons, and the runs that carried it; not those of others', async () => {
    const [ana, ben] = [await addRsvp(), await addRsvp()];
    const about = (rsvpId: string, operation: string | null) => ({
      recordType: 'rsvp' as const,
      recordId: rsvpId,
      eventId,
      operationId: operation,
    });
    const answered = { fact: 'rsvp-answered', revision: 1, status: 'going', person: 'new' } as const;
    const asked = { fact: 'rsvp-asked', how: 'add', approvalStatus: 'approved', revision: 1, isRepeat: false } as const;
    await appendTimeline(world.db, [
      { ...about(ana.rsvpId, null), fact: answered, actor: 'shop' },
      { ...about(ben.rsvpId, null), fact: answered, actor: 'shop' },
      { ...about(ana.rsvpId, operationId), fact: asked },
    ]);
    await run({ requests: [update] });
    const pool = await world.db.couponPool.create({
      data: { name: randomUUID(), codes: { create: { code: 'A' } } },
      include: { codes: true },
    });
    const { id: assignmentId } = await world.db.couponAssignment.create({
      data: { poolId: pool.id, personId: ana.personId, codeId: pool.codes[0]?.id ?? '', eventId },
    });
    await appendTimeline(world.db, [
      { recordType: 'coupon', recordId: assignmentId, eventId, fact: { fact: 'coupon-mailed', providerId: 'm1' } },
    ]);
    const facts = async (of: { rsvpId: string; personId: string }, page = all) =>
      (await readRsvpTimeline(world.db, { ...of, eventId }, page)).map(({ fact }) => fact);
    expect(await facts(ana)).toEqual(['rsvp-answered', 'rsvp-asked', 'run', 'coupon-mailed']);
    expect(await facts(ben)).toEqual(['rsvp-answered']);
    const [, second] = await readRsvpTimeline(world.db, { ...ana, eventId }, all);
    expect(await facts(ana, { after: second?.id ?? null, limit: 1 })).toEqual(['run']);
  });

  async function addRsvp(): Promise<{ rsvpId: string; personId: string }> {
    const personId = await world.addPerson();
    const { id: rsvpId } = await world.db.rsvp.create({ data: { eventId, personId, status: 'going' } });
    return { rsvpId, personId };
  }
});
