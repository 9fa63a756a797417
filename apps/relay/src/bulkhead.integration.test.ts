import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { type Bulkheads, connectRedis, disconnectRedis, type KeySpeed, openQueue } from '@luma-sync/queue';
import { atEnd, waitFor } from '@luma-sync/testkit';
import { openQueueWorld, type QueueWorld } from '../test/queue-world.js';

/** Of the worker that `openQueueWorld` starts. */
const PLACES = 5;
const SHARE = 3;

let world: QueueWorld;
beforeEach(async () => {
  world = await openQueueWorld();
});
/** Relays and workers of earlier tests would go on polling, and slow down the later ones. */
afterEach(() => world.close());

/** Runs of a calendar end when the test says so; those of others end at once. */
function holdRunsOf(calendars: readonly string[]) {
  const calendarOf = new Map<string, string>();
  const held: { id: string; calendarId: string; end: () => void }[] = [];
  const order: string[] = [];
  let most = 0;
  return {
    held,
    order,
    most: () => most,
    heldOf: (calendarId: string) => held.filter((run) => run.calendarId === calendarId).length,
    enqueue: async (calendarId: string) => {
      const eventId = randomUUID();
      calendarOf.set(eventId, calendarId);
      return world.enqueue(eventId, { calendarId });
    },
    start: (bulkheads: Bulkheads = {}) => {
      const handler = async (eventId: string, { operationId }: { operationId: string }) => {
        order.push(operationId);
        const calendarId = calendarOf.get(eventId) ?? '';
        if (calendars.includes(calendarId)) {
          await new Promise<void>((end) => {
            held.push({ id: operationId, calendarId, end });
            most = Math.max(most, held.length);
          });
        }
        return done();
      };
      return world.startWorker(handler, { bulkheads });
    },
    endOne: () => {
      const run = held.shift();
      run?.end();
      return run?.calendarId;
    },
  };
}

describe('a calendar whose pushes do not end', () => {
  it('lets the push of another calendar pass, though it came first and has far more', async () => {
    const [slow, other] = [randomUUID(), randomUUID()];
    const runs = holdRunsOf([slow]);
    for (let n = 0; n < 25; n += 1) await runs.enqueue(slow);
    await world.startRelay();
    runs.start();
    await waitFor(() => runs.held.length === SHARE, { what: 'the share of the slow calendar to be taken' });
    const id = await runs.enqueue(other);
    await world.until(id, ['done']);
    expect(runs.held).toHaveLength(SHARE);
    expect(runs.most()).toBe(SHARE);
  });

  it('is carried out in order, no attempt is used, and the next begins when a place frees', async () => {
    const slow = randomUUID();
    const runs = holdRunsOf([slow]);
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await runs.enqueue(slow));
    await world.startRelay();
    runs.start();
    for (let ended = 0; ended < ids.length; ended += 1) {
      const begun = Math.min(ended + SHARE, ids.length);
      await waitFor(() => runs.order.length === begun, { what: `${begun} runs to have begun` });
      runs.endOne();
    }
    for (const id of ids) await world.until(id, ['done']);
    // The first ones begin side by side, each later one when one before it ended.
    expect(runs.order.slice(SHARE)).toEqual(ids.slice(SHARE));
    expect(await world.db.operation.count({ where: { attempts: { gt: 0 } } })).toBe(0);
  });
});

/** Jobs of the worker's queue that are in Redis and wait. */
function countJobs(): () => Promise<number> {
  const connection = connectRedis(world.redisUrl, 'waiting', 'test');
  const queue = openQueue('events', connection, world.prefix);
  atEnd(async () => {
    await queue.close();
    await disconnectRedis(connection);
  });
  return () => queue.getJobCountByTypes('waiting', 'prioritized');
}

it('a job goes before the backlogs of other calendars that are in Redis already', async () => {
  const runs = holdRunsOf([]);
  const backlogs = Array.from({ length: 6 }, () => randomUUID());
  const ids: string[] = [];
  for (const calendarId of backlogs) for (let n = 0; n < 6; n += 1) ids.push(await runs.enqueue(calendarId));
  await world.startRelay();
  const jobCount = countJobs();
  // A row is marked before its job is added, so the test waits for the jobs.
  await waitFor(async () => (await jobCount()) === ids.length, { what: 'the backlogs to be dispatched' });
  const newcomer = await runs.enqueue(randomUUID());
  await waitFor(async () => (await jobCount()) === ids.length + 1, { what: 'the newcomer to be dispatched' });
  runs.start();
  await world.until(newcomer, ['done']);
  await waitFor(() => runs.order.length === ids.length + 1, { what: 'all to have begun' });
  // Behind one of each backlog, and what may begin beside it.
  expect(runs.order.indexOf(newcomer)).toBeLessThan(backlogs.length + PLACES);
});

it('a slow calendar has one place, and its share again when it is quick', async () => {
  const [slow, other] = [randomUUID(), randomUUID()];
  const runs = holdRunsOf([slow]);
  let speed: KeySpeed = 'slow';
  let changed = (): void => {};
  const speeds = {
    speedOf: (key: string) => (key === slow ? speed : 'quick'),
    isLate: () => false,
    noteRun: () => {},
    onChange: (listener: () => void) => {
      changed = listener;
    },
  };
  for (let n = 0; n < 10; n += 1) await runs.enqueue(slow);
  await world.startRelay();
  runs.start({ speeds });
  await waitFor(() => runs.held.length === 1, { what: 'one run of the slow calendar' });
  // Others pass, one after the other, and it has no second place meanwhile.
  for (let n = 0; n < PLACES; n += 1) await world.until(await runs.enqueue(other), ['done']);
  expect(runs.most()).toBe(1);
  speed = 'quick';
  changed();
  await waitFor(() => runs.held.length === SHARE, { what: 'its share' });
});

it('several calendars share the places: none holds more than its share, and all places are used', async () => {
  const calendars = [randomUUID(), randomUUID(), randomUUID()];
  const runs = holdRunsOf(calendars);
  for (const calendarId of calendars) for (let n = 0; n < 8; n += 1) await runs.enqueue(calendarId);
  await world.startRelay();
  runs.start();
  const left = new Map<string, number>(calendars.map((calendarId) => [calendarId, 8]));
  for (let ended = 0; ended < 24; ended += 1) {
    const possible = [...left.values()].reduce((sum, count) => sum + Math.min(count, SHARE), 0);
    const expected = Math.min(PLACES, possible);
    await waitFor(() => runs.held.length === expected, { what: `${expected} runs to be held, after ${ended}` });
    for (const calendarId of calendars) expect(runs.heldOf(calendarId)).toBeLessThanOrEqual(SHARE);
    const calendarId = runs.endOne() ?? '';
    left.set(calendarId, (left.get(calendarId) ?? 0) - 1);
  }
  await waitFor(async () => (await world.db.operation.count({ where: { state: 'done' } })) === 24, {
    what: 'all done',
  });
});
