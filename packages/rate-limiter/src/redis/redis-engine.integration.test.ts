import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestRedis, type TestRedis } from '@luma-sync/testkit';
import { createMemoryEngine } from '../memory/memory-engine.js';
import { describeEngine } from '../testing/conformance.js';
import { RandomOperations } from '../testing/random-operations.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { type SimulatedEngine, simulate } from '../testing/simulation.js';
import { toBudgetKeys } from './keys.js';
import { createRedisEngine } from './redis-engine.js';

let redis: TestRedis;
let worlds = 0;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** The scripts under a time given by the test, each world with keys of its own. */
function createTimedEngine(clock: () => number): SimulatedEngine {
  const prefix = `${redis.prefix}:${++worlds}:`;
  return {
    ...createRedisEngine(redis.client, prefix, clock),
    lose: async () => {
      for (const account of ['a', 'account']) await redis.client.del(...toBudgetKeys(prefix, account));
    },
  };
}

describeEngine('redis', () => {
  let now = 1_900_000_000_000;
  return {
    engine: createTimedEngine(() => now),
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
});

describe('the scripts', () => {
  it('answer as the memory engine does, step by step, over random sequences', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      let now = 1_900_000_000_000;
      const clock = () => now;
      const lua = createTimedEngine(clock);
      const twin = createMemoryEngine(clock);
      const operations = new RandomOperations(new SeededRandom(seed));
      await lua.open('a', 0);
      await twin.open('a', 0);
      for (let step = 1; step <= 250; step++) {
        const { advanceMs, run } = operations.next();
        now += advanceMs;
        const expected = await run(twin);
        const answer = await run(lua);
        if (answer !== undefined) operations.learn(answer);
        expect({ seed, step, answer }).toEqual({ seed, step, answer: expected });
      }
    }
  }, 60_000);

  it('keep the budget under random trouble', async () => {
    const failed: string[] = [];
    for (let seed = 1; seed <= 25; seed++) {
      const result = await simulate(seed, createTimedEngine);
      if (result.broken.length > 0) failed.push(`seed ${seed} ${result.scenario}\n  ${result.broken.join('\n  ')}`);
    }
    expect(failed).toEqual([]);
  }, 60_000);
});
