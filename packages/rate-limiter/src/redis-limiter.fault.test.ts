import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RedisServer, startRedisServer, waitFor } from '@luma-sync/testkit';
import { ask, buildSpenders, CAPACITY, openSpendingWorld, type SpendingWorld, WINDOW } from '../test/spending-world.js';

let redis: RedisServer;
let world: SpendingWorld;

beforeAll(buildSpenders, 120_000);

beforeEach(async () => {
  redis = await startRedisServer();
  world = await openSpendingWorld(redis.url);
});

afterEach(async () => {
  await world.close();
  await redis.close();
});

describe('several processes on one budget', () => {
  it('never send more than the budget between them in any window', async () => {
    await world.startSpending(4);
    await world.arrived(5 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it('keep to it when one is killed with its requests in flight', async () => {
    const spenders = await world.startSpending(3);
    for (let round = 1; round <= 3; round++) {
      await world.arrived(round * CAPACITY);
      spenders[round - 1]?.kill('SIGKILL');
      spenders.push(world.spawnSpender());
    }
    await world.arrived(5 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it('keep to it when one is stopped and wakes up with old slots', async () => {
    await world.startSpending(2);
    const sleeper = world.spawnSpender(500, 24);
    for (let round = 0; round < 2; round++) {
      await world.arrived(world.counted.total + CAPACITY);
      sleeper.kill('SIGSTOP');
      await world.arrived(world.counted.total + 3 * CAPACITY);
      sleeper.kill('SIGCONT');
    }
    await world.arrived(world.counted.total + CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it.each(['FLUSHALL', 'a restart'])('stay within the limit when Redis loses its memory: %s', async (how) => {
    await world.startSpending(4);
    await world.arrived(2 * CAPACITY);
    if (how === 'FLUSHALL') await redis.flush();
    else {
      await redis.kill();
      await redis.start();
    }
    await world.burst();
    await world.arrived(world.counted.total + 3 * CAPACITY);
    expect(world.counted.worst(WINDOW).count).toBeLessThanOrEqual(WINDOW.limit);
  });
});

describe('a lock-out', () => {
  it('told by one process holds for the next question of any other', async () => {
    const [one, other] = [world.openLimiter(true), world.openLimiter(true)];
    expect(await ask(other)).toMatchObject({ granted: true });
    await one.block('account', 5_000);
    expect(await ask(other)).toMatchObject({ granted: false, reason: 'blocked' });
  });
});

describe('Redis that does not answer', () => {
  it.each(['frozen', 'gone'] as const)(
    'means no slot and no attempt, and slots again when it is back: %s',
    async (how) => {
      const limiter = world.openLimiter(true);
      expect(await ask(limiter)).toMatchObject({ granted: true });
      await (how === 'frozen' ? redis.freeze() : redis.stop());
      await expect(ask(limiter)).rejects.toMatchObject({ code: 'limiter.unavailable', verdict: 'wait' });
      await (how === 'frozen' ? redis.thaw() : redis.start());
      await waitFor(async () => (await ask(limiter)).granted, { what: 'a slot', limitMs: 60_000 });
    },
  );

  it('but gives slots after its restart remembers that it forgot', async () => {
    const limiter = world.openLimiter();
    await ask(world.openLimiter(true));
    expect((await limiter.usage('account')).coldForMs).toBe(0);
    await redis.kill();
    await redis.start();
    await waitFor(async () => (await ask(limiter)).granted, { what: 'a slot of the headroom', limitMs: 60_000 });
    expect((await limiter.usage('account')).coldForMs).toBeGreaterThan(0);
  });
});

describe('what Redis keeps', () => {
  it('is small, bounded in time, and under one hash tag', async () => {
    const limiter = world.openLimiter(true);
    for (let i = 0; i < CAPACITY + 5; i++)
      await limiter.acquire({
        account: 'account',
        method: 'write',
        priority: 'bulk',
        requestTimeoutMs: 100,
        maxWaitMs: 0,
      });
    const client = world.connect();
    const keys = await client.keys('*');
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) {
      expect(key).toContain('{budget:account}');
      expect(await client.pttl(key)).toBeGreaterThan(0);
    }
  });
});
