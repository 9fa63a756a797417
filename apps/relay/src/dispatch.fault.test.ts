import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { done, RetryAfterError } from '@luma-sync/jobs';
import { connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
import { spawnNode, startRedisServer, type TestProcess, waitFor } from '@luma-sync/testkit';
import { LEASE_MS, openQueueWorld, type QueueWorld, TAKE_OVER } from '../test/queue-world.js';
import { dispatchDue } from './dispatcher.js';
import type { RunningRelay } from './index.js';

const HANGING_WORKER = fileURLToPath(new URL('../test/hanging-worker.mjs', import.meta.url));

function startHangingWorker(world: QueueWorld): TestProcess {
  const { databaseUrl, redisUrl, prefix } = world;
  const settings = { databaseUrl, redisUrl, prefix, leaseMs: LEASE_MS, takeOver: TAKE_OVER };
  return spawnNode(HANGING_WORKER, { args: [JSON.stringify(settings)] });
}

const countByState = async (world: QueueWorld) =>
  Object.fromEntries(
    (await world.db.operation.groupBy({ by: ['state'], _count: true })).map(({ state, _count }) => [state, _count]),
  );

interface ReadyBody {
  status: string;
  checks: Record<string, { ok: boolean; problem?: string }>;
}
const readiness = async ({ health }: RunningRelay) =>
  (await (await fetch(`http://127.0.0.1:${health.port}/readyz`)).json()) as ReadyBody;

describe('a worker that is killed', () => {
  it('leaves an operation that another worker runs again', async () => {
    const world = await openQueueWorld();
    await world.startRelay();
    const victim = startHangingWorker(world);
    const id = await world.enqueue();
    await victim.waitForOutput(`began ${id}`, 60_000);
    victim.kill('SIGKILL');
    await victim.exited;
    world.startWorker(async () => done());
    // It may have been the cause, so it ran alone; nothing counts against it.
    expect(await world.until(id, ['done'])).toMatchObject({ crashes: 0, attempts: 0, isolated: true });
  });

  it('with five operations in it costs none of them anything', async () => {
    const world = await openQueueWorld();
    await world.startRelay();
    const victim = startHangingWorker(world);
    const ids = await Promise.all(Array.from({ length: 5 }, () => world.enqueue()));
    for (const id of ids) await victim.waitForOutput(`began ${id}`, 60_000);
    victim.kill('SIGKILL');
    await victim.exited;
    world.startWorker(async () => done());
    for (const id of ids) expect(await world.until(id, ['done'], 30_000)).toMatchObject({ crashes: 0, attempts: 0 });
  });
});

describe('Redis', () => {
  it('emptied while operations wait, sleep and run: all of them are done, each once', async () => {
    const redis = await startRedisServer();
    const world = await openQueueWorld({ redisUrl: redis.url });
    await world.startRelay();
    const seen = new Map<string, number>();
    const ended = new Map<string, number>();
    let isEmptied = false;
    world.startWorker(async (_eventId, ctx) => {
      const run = (seen.get(ctx.operationId) ?? 0) + 1;
      seen.set(ctx.operationId, run);
      // The first ones sleep through it as delayed jobs, the next ones run through it.
      if (seen.size <= 5 && run === 1) throw new RetryAfterError('test.sleep', 'sleeps', { waitMs: 2_000 });
      if (!isEmptied) await waitFor(() => isEmptied, { what: 'Redis to be emptied', limitMs: 60_000 });
      ended.set(ctx.operationId, (ended.get(ctx.operationId) ?? 0) + 1);
      return done();
    });
    const ids = await Promise.all(Array.from({ length: 40 }, () => world.enqueue()));
    await waitFor(() => seen.size >= 10, { what: 'operations to wait, sleep and run', limitMs: 60_000 });
    await redis.flush();
    isEmptied = true;
    await waitFor(async () => (await countByState(world)).done === ids.length, {
      what: 'all to be done',
      limitMs: 45_000,
    });
    expect([...ended.values()].every((times) => times === 1)).toBe(true);
    expect(ended.size).toBe(ids.length);
    expect(await world.db.operation.count({ where: { crashes: { gt: 0 } } })).toBe(0);
    await world.close();
  });

  it('away while operations are accepted: they are done when it is back', async () => {
    const redis = await startRedisServer();
    const world = await openQueueWorld({ redisUrl: redis.url });
    const relay = await world.startRelay();
    world.startWorker(async () => done());
    await world.until(await world.enqueue(), ['done']);
    await redis.kill();
    await waitFor(async () => (await readiness(relay)).checks.redis?.ok === false, {
      what: 'the readiness check to miss Redis',
      limitMs: 60_000,
    });
    // A round that began before the kill may still claim rows; the relay's rounds after a refused one do not.
    await waitFor(async () => /dispatch_refused_total\{[^}]*\} [1-9]/.test((await relay.metrics.render()).body), {
      what: 'a round of the relay to be refused',
      limitMs: 60_000,
    });
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.enqueue()));
    // Claiming rows that nobody can be given would only write to Postgres: neither does that relay, nor another one.
    const connection = connectRedis(redis.url, 'failing', 'another relay');
    const deps = {
      db: world.db,
      redis: connection,
      queues: openQueues(connection, world.prefix),
      windowMax: 100,
      perCalendarMax: 20,
    };
    expect(await dispatchDue(deps)).toMatchObject({ claimed: 0, trouble: 'redis.unavailable' });
    await disconnectRedis(connection);
    expect(await world.db.operation.count({ where: { dispatches: 0 } })).toBe(ids.length);
    await redis.start();
    await waitFor(async () => (await countByState(world)).done === ids.length + 1, {
      what: 'all to be done',
      limitMs: 40_000,
    });
    await world.close();
  });
});
