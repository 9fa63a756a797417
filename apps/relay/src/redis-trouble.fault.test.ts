import { describe, expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { type RedisServer, startRedisServer, waitFor } from '@luma-sync/testkit';
import { openQueueWorld } from '../test/queue-world.js';

interface ReadyBody {
  status: string;
  checks: Record<string, { ok: boolean; problem?: string }>;
}

describe('a Redis that answers and takes no jobs', () => {
  it.each([
    {
      how: 'out of memory',
      code: 'redis.out_of_memory',
      begin: (redis: RedisServer) => redis.command('CONFIG', 'SET', 'maxmemory', '1mb'),
      end: (redis: RedisServer) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
    },
    {
      how: 'made a replica',
      code: 'redis.read_only',
      begin: (redis: RedisServer) => redis.command('REPLICAOF', '127.0.0.1', '1'),
      end: (redis: RedisServer) => redis.command('REPLICAOF', 'NO', 'ONE'),
    },
  ])('$how: the rows wait, relay says why, and all is done, once, when it is over', async ({ code, begin, end }) => {
    const redis = await startRedisServer();
    const world = await openQueueWorld({ redisUrl: redis.url });
    const relay = await world.startRelay();
    const ask = async (path: string) => fetch(`http://127.0.0.1:${relay.health.port}${path}`);
    const readiness = async () => (await (await ask('/readyz')).json()) as ReadyBody;
    const runs = new Map<string, number>();
    world.startWorker(async (_eventId, { operationId }) => {
      runs.set(operationId, (runs.get(operationId) ?? 0) + 1);
      return done();
    });
    const before = await world.enqueue();
    await world.until(before, ['done'], 30_000);
    await begin(redis);
    const ids = await Promise.all(Array.from({ length: 10 }, () => world.enqueue()));
    await waitFor(async () => (await readiness()).checks.redis?.problem === code, { what: code, limitMs: 30_000 });
    expect((await readiness()).status).toBe('unavailable');
    const refused = new RegExp(`luma_sync_dispatch_refused_total\\{reason="${code}"[^}]*\\} [1-9]`);
    await waitFor(async () => refused.test(await (await ask('/metrics')).text()), {
      what: 'the metric to tell',
      limitMs: 60_000,
    });
    expect(await world.db.operation.count({ where: { state: 'queued' } })).toBe(ids.length);
    await end(redis);
    for (const id of ids) await world.until(id, ['done'], 45_000);
    expect(ids.map((id) => runs.get(id))).toEqual(ids.map(() => 1));
    expect(await world.db.operation.count({ where: { OR: [{ crashes: { gt: 0 } }, { attempts: { gt: 0 } }] } })).toBe(
      0,
    );
    await waitFor(async () => (await readiness()).status === 'ok', { what: 'relay to be ready', limitMs: 60_000 });
    await world.close();
  });
});
