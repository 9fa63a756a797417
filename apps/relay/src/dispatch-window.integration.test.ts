import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalog, done, PRIORITY, type Priority, RetryAfterError } from '@luma-sync/jobs';
import { addJobs, connectRedis, disconnectRedis, openQueue } from '@luma-sync/queue';
import { enqueueOperations } from '@luma-sync/store';
import { atEnd, waitFor } from '@luma-sync/testkit';
import { CONCURRENCY, openQueueWorld, type QueueWorld } from '../test/queue-world.js';

const WINDOW = 20;
const RELAY = { RELAY_WINDOW: WINDOW };

let world: QueueWorld;
let events: ReturnType<typeof openQueue>;
beforeEach(async () => {
  world = await openQueueWorld();
  const connection = connectRedis(world.redisUrl, 'waiting', 'test');
  events = openQueue('events', connection, world.prefix);
  atEnd(async () => {
    await events.close();
    await disconnectRedis(connection);
  });
});
/** Relays and workers of earlier tests would go on polling, and slow down the later ones. */
afterEach(() => world.close());

async function enqueueMany(count: number, priority: Priority): Promise<string[]> {
  const request = () => ({ payload: { eventId: randomUUID() }, trigger: 'api' as const, actor: 'test', priority });
  const rows = await enqueueOperations(world.db, catalog['event.push'], Array.from({ length: count }, request));
  return rows.map(({ id }) => id);
}
const waiting = () => events.getJobCountByTypes('waiting', 'prioritized');
const doneCount = () => world.db.operation.count({ where: { state: 'done' } });

describe('the window of jobs in Redis', () => {
  it('is never exceeded, though much more is due; all of it is done, and few finished jobs are kept', async () => {
    const count = 30 * WINDOW;
    await enqueueMany(count, 'bulk');
    await world.startRelay(RELAY);
    await waitFor(async () => (await waiting()) === WINDOW, { what: 'the window to be full' });
    let most = 0;
    let runs = 0;
    world.startWorker(async () => {
      runs += 1;
      most = Math.max(most, await waiting());
      return done();
    });
    await waitFor(async () => (await doneCount()) === count, { what: 'all to be done', limitMs: 100_000 });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(WINDOW);
    expect(runs).toBe(count);
    await waitFor(async () => (await events.getJobCountByTypes('completed')) === 500, {
      what: 'the rest to be trimmed',
    });
  });

  it('full of bulk work lets in at once what a person waits for, and that runs first', async () => {
    const bulk = await enqueueMany(3 * WINDOW, 'bulk');
    await world.startRelay(RELAY);
    await waitFor(async () => (await waiting()) === WINDOW, { what: 'the window to be full' });
    const [urgent = ''] = await enqueueMany(1, 'interactive');
    // The row is marked before its job is added, so the test waits for the job.
    await waitFor(async () => (await waiting()) === WINDOW + 1, { what: 'the job of the urgent one' });
    expect(await world.row(urgent)).toMatchObject({ dispatched: true });
    // By now relay has been round again: the bulk work beyond the window waits in Postgres.
    expect(await world.db.operation.count({ where: { id: { in: bulk }, dispatched: true } })).toBe(WINDOW);
    const order: string[] = [];
    world.startWorker(async (_eventId, ctx) => {
      order.push(ctx.operationId);
      return done();
    });
    await waitFor(async () => (await doneCount()) === bulk.length + 1, { what: 'all to be done', limitMs: 30_000 });
    // A worker claims as many at once as it runs; which of these claims returns first is chance.
    expect(order.slice(0, CONCURRENCY)).toContain(urgent);
  });

  it('does not grow by work that waits for its time: the latest goes back to Postgres and is done when it is due', async () => {
    let isPaused = true;
    const relay = await world.startRelay(RELAY);
    world.startWorker(async () => {
      if (isPaused) throw new RetryAfterError('calendar.paused', 'paused', { waitMs: 60_000 });
      return done();
    });
    const ids = await enqueueMany(5 * WINDOW, 'interactive');
    const delayed = () => events.getJobCountByTypes('delayed');
    const parked = () => world.db.operation.count({ where: { waitingReason: 'calendar.paused' } });
    await waitFor(async () => (await parked()) === ids.length, { what: 'all to wait', limitMs: 30_000 });
    await waitFor(async () => (await delayed()) <= WINDOW, {
      what: 'the delayed jobs to be trimmed',
      limitMs: 60_000,
    });
    const trimmed = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${relay.health.port}/metrics`)).text();
      return Number(/luma_sync_jobs_trimmed_total\{[^}]*\} (\d+)/.exec(metrics)?.[1]);
    };
    // Relay counts them after the round in which it takes them out of Redis.
    await waitFor(async () => (await trimmed()) >= ids.length - WINDOW, { what: 'relay to count them' });
    isPaused = false;
    for (const id of ids) await world.wake(id);
    await waitFor(async () => (await doneCount()) === ids.length, { what: 'all to be done', limitMs: 60_000 });
    expect(await world.db.operation.count({ where: { attempts: { gt: 0 } } })).toBe(0);
  });
});

describe('jobs in Redis', () => {
  it('keep few lines, however often they are put off', async () => {
    const job = await events.add('event.push', { operationId: randomUUID() });
    for (let line = 0; line < 60; line += 1) await job.log(`waits ${line}`);
    const { count, logs } = await events.getJobLogs(job.id ?? '');
    expect([count, logs.at(-1)]).toEqual([50, 'waits 59']);
  });
});

describe('an operation that was interrupted has had its turn', () => {
  /** As its process left it, with the lease running out then; its job is there or was lost with Redis' memory. */
  const interrupt = (id: string, leaseMs: number) => world.db.$executeRaw`
    update operations set state = 'running', lease_owner = 'dead', lease_until = now() + ${leaseMs} * interval '1 ms',
      dispatched = true, dispatches = 1, dispatch_at = now() where id = ${id}::uuid`;

  /** What ran, in order. */
  function work(eachMs: number): string[] {
    const order: string[] = [];
    world.startWorker(async (_eventId, { operationId }) => {
      order.push(operationId);
      await pause(eachMs);
      return done();
    });
    return order;
  }

  it('so it runs alone while the backlog waits, though its job was lost', async () => {
    const [id = ''] = await enqueueMany(1, 'bulk');
    await interrupt(id, -1);
    await enqueueMany(WINDOW, 'interactive');
    await world.startRelay(RELAY);
    const isThere = async () => (await events.getJob(`${id}-2`)) !== undefined && (await waiting()) > WINDOW;
    await waitFor(isThere, { what: 'jobs for all of them' });
    const order = work(1_000);
    await waitFor(async () => (await doneCount()) === WINDOW + 1, { what: 'all to be done', limitMs: 60_000 });
    // Of a dead run it is only known that it died beside others: it runs in the isolated lane, which has no backlog.
    expect(order).toContain(id);
    expect(order.indexOf(id)).toBeLessThan(WINDOW - 5);
  });

  it('so its job does not wait behind the backlog when the lease of the dead run is over', async () => {
    const count = 200;
    const [id = ''] = await enqueueMany(1, 'interactive');
    await interrupt(id, 500);
    await addJobs(events, [{ operationId: id, job: 'event.push', priority: PRIORITY.interactive, dispatches: 1 }]);
    await enqueueMany(count, 'interactive');
    await world.startRelay({ RELAY_WINDOW: 2 * count });
    await waitFor(async () => (await waiting()) === count + 1, { what: 'all to have a job' });
    const order = work(100);
    await waitFor(async () => (await doneCount()) === count + 1, { what: 'all to be done', limitMs: 60_000 });
    expect(order).toContain(id);
    // Not behind what was there before it; five run at once.
    expect(order.indexOf(id)).toBeLessThan(count - 5);
  });
});
