import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { done, RetryAfterError } from '@luma-sync/jobs';
import { connectRedis, disconnectRedis, openQueue, SCHEDULE_QUEUE } from '@luma-sync/queue';
import { atEnd, type RedisCluster, startRedisCluster, waitFor } from '@luma-sync/testkit';
import { openQueueWorld, type QueueWorld } from '../test/queue-world.js';

/**
 * The queues on a real cluster: all their keys carry one hash tag, so they live on one node, which may die or give them
 * away.
 */
let cluster: RedisCluster;
let world: QueueWorld;

beforeEach(async () => {
  cluster = await startRedisCluster({ hasReplicas: true, password: 'test-password' });
  // Not all nodes are named: the others are found through these, with the same password.
  world = await openQueueWorld({ redisUrl: cluster.url.split(',').slice(0, 2).join(',') });
});

/** Runs each event's operation to its end, and counts the runs of each. */
function startCounting() {
  const runs = new Map<string, number>();
  world.startWorker(async (eventId) => {
    runs.set(eventId, (runs.get(eventId) ?? 0) + 1);
    return done();
  });
  return runs;
}

async function enqueueMany(count: number) {
  const events = Array.from({ length: count }, () => randomUUID());
  return { events, ids: await Promise.all(events.map((eventId) => world.enqueue(eventId))) };
}

describe('a Redis cluster', () => {
  it('carries operations, waits and schedules', async () => {
    await world.startRelay();
    let isFirst = true;
    world.startWorker(async () => {
      if (isFirst) {
        isFirst = false;
        throw new RetryAfterError('limiter.budget', 'no slot', { waitMs: 300 });
      }
      return done();
    });
    expect(await world.until(await world.enqueue(), ['done'])).toMatchObject({ attempts: 0 });

    const connection = connectRedis(world.redisUrl, 'waiting', 'test');
    const schedules = openQueue(SCHEDULE_QUEUE, connection, world.prefix);
    atEnd(async () => {
      await schedules.close();
      await disconnectRedis(connection);
    });
    await waitFor(async () => (await schedules.getJobSchedulers()).length > 0, { what: 'schedules to be made' });
  });

  it('goes on while the slot of all queues moves to another node', async () => {
    await world.startRelay();
    const runs = startCounting();
    await world.until(await world.enqueue(), ['done']);
    const { events, ids } = await enqueueMany(40);
    await cluster.moveSlot(world.prefix);
    const { events: later, ids: laterIds } = await enqueueMany(10);
    for (const id of [...ids, ...laterIds]) await world.until(id, ['done'], 30_000);
    for (const event of [...events, ...later]) expect(runs.get(event)).toBe(1);
  });

  it('goes on when the node of all queues dies and its replica takes over', async () => {
    await world.startRelay();
    const runs = startCounting();
    await world.until(await world.enqueue(), ['done']);
    const { events, ids } = await enqueueMany(20);
    await cluster.failOver(world.prefix);
    const { events: later, ids: laterIds } = await enqueueMany(10);
    for (const id of [...ids, ...laterIds]) await world.until(id, ['done'], 60_000);
    for (const event of [...events, ...later]) expect(runs.get(event)).toBe(1);
  });
});
