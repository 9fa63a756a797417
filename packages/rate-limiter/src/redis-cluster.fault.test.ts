import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RedisCluster, startRedisCluster, waitFor } from '@luma-sync/testkit';
import { ask, buildSpenders, CAPACITY, openSpendingWorld, type SpendingWorld, WINDOW } from '../test/spending-world.js';
import { toBudgetKeys } from './redis/keys.js';

/** All keys of a budget, and so its slot in the cluster. */
const [KEY = ''] = toBudgetKeys('test:', 'account');

let cluster: RedisCluster;
let world: SpendingWorld;

beforeAll(buildSpenders, 120_000);

beforeEach(async () => {
  cluster = await startRedisCluster({ hasReplicas: true });
  world = await openSpendingWorld(cluster.url);
});

afterEach(async () => {
  await world.close();
  await cluster.close();
});

describe('several processes on one budget in a Redis cluster', () => {
  it('never send more than the budget between them, and never more than the limit when its slot moves', async () => {
    await world.startSpending(4);
    await world.arrived(4 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
    // The other node is another run of Redis, of which nobody can say that it knows every slot: only the headroom for a
    // while.
    await cluster.moveSlot(KEY);
    await world.burst();
    await world.arrived(world.counted.total + 3 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(WINDOW.limit);
  });

  it.each(['FLUSHALL', 'the death of its node'])('stay within the limit after %s', async (how) => {
    await world.startSpending(4);
    await world.arrived(2 * CAPACITY);
    if (how === 'FLUSHALL') await cluster.flush();
    else await cluster.failOver(KEY);
    await world.burst();
    await world.arrived(world.counted.total + 3 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(WINDOW.limit);
  });

  it('get no slot and use no attempt while no node answers, and go on when they do', async () => {
    const limiter = world.openLimiter(true);
    await waitFor(async () => (await ask(limiter)).granted, { what: 'a first slot' });
    cluster.freeze();
    await expect(ask(limiter)).rejects.toMatchObject({ code: 'limiter.unavailable', verdict: 'wait' });
    cluster.thaw();
    await waitFor(async () => (await ask(limiter)).granted, { what: 'a slot', limitMs: 60_000 });
  });
});
