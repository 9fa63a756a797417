import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestRedis, startRedisCluster } from '@luma-sync/testkit';
import { Cluster } from 'ioredis';
import { describeEngine } from '../../test/conformance.js';
import { RandomOperations } from '../../test/random-operations.js';
import { createMemoryEngine } from '../memory/memory-engine.js';
import { SeededRandom } from '../simulation/seeded-random.js';
import { type SimulatedEngine, simulate } from '../simulation/simulate.js';
import { toBudgetKeys } from './keys.js';
import { createRedisEngine, type RedisClient } from './redis-engine.js';

interface Server {
  client: RedisClient;
  /** In front of every key of one world. */
  prefixOf(world: number): string;
  close(): Promise<void>;
}

async function openSingle(): Promise<Server> {
  const { client, prefix, close } = await openTestRedis();
  return { client, prefixOf: (world) => `${prefix}:${world}:`, close };
}

async function openCluster(): Promise<Server> {
  const cluster = await startRedisCluster();
  const client = new Cluster(cluster.url.split(','));
  client.on('error', () => {});
  return {
    client,
    // A hash tag of its own for each world: they spread over the nodes.
    prefixOf: (world) => `{test-${world}}:`,
    close: async () => {
      client.disconnect();
      await cluster.close();
    },
  };
}

describe.each([
  ['one Redis', openSingle],
  ['a Redis cluster', openCluster],
] as const)('on %s', (name, openServer) => {
  let redis: Server;
  let worlds = 0;
  beforeAll(async () => {
    redis = await openServer();
  });
  afterAll(() => redis.close());

  /** The scripts under a time given by the test, each world with keys of its own. */
  function createTimedEngine(clock: () => number): SimulatedEngine {
    const prefix = redis.prefixOf(++worlds);
    return {
      ...createRedisEngine(redis.client, prefix, clock),
      lose: async () => {
        for (const account of ['a', 'account']) await redis.client.del(...toBudgetKeys(prefix, account));
      },
    };
  }

  describeEngine(`scripts, ${name}`, () => {
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
    it('forget what another run of Redis remembered: it may lack the newest slots', async () => {
      const prefix = redis.prefixOf(++worlds);
      const engine = createRedisEngine(redis.client, prefix);
      const windows = [{ limit: 5, windowMs: 60_000, headroom: 1, methods: 'all' as const }];
      const call = {
        account: 'a',
        windows,
        method: 'read' as const,
        rank: 0,
        holdMs: 1_000,
        maxWaitMs: 0,
        ticket: null,
      };
      await engine.open('a', 0);
      await engine.block('a', 50_000);
      expect(await engine.take(call)).toMatchObject({ kind: 'denied', reason: 'blocked' });
      // What a restart with persistence, or a replica that took over, looks like from here.
      await redis.client.hset(toBudgetKeys(prefix, 'a')[0] ?? '', 'run', 'f00');
      expect(await engine.take(call)).toEqual({ kind: 'unknown' });
      await engine.open('a', 60_000);
      expect(await engine.take(call)).toMatchObject({ kind: 'denied', reason: 'blocked' });
      expect(await engine.inspect('a', windows)).toMatchObject({ isKnown: true, windows: [{ capacity: 1 }] });
    });

    it('answer as the memory engine does, step by step, over random sequences', async () => {
      for (let seed = 1; seed <= 20; seed++) {
        let now = 1_900_000_000_000;
        const clock = () => now;
        const lua = createTimedEngine(clock);
        const twin = createMemoryEngine(clock);
        const operations = new RandomOperations(new SeededRandom(seed));
        await lua.open('a', 0);
        await twin.open('a', 0);
        for (let step = 1; step <= 200; step++) {
          const { advanceMs, run } = operations.next();
          now += advanceMs;
          const expected = await run(twin);
          const answer = await run(lua);
          if (answer !== undefined) operations.learn(answer);
          expect({ seed, step, answer }).toEqual({ seed, step, answer: expected });
        }
      }
    }, 300_000);

    it('keep the budget under random trouble', async () => {
      const failed: string[] = [];
      for (let seed = 1; seed <= 12; seed++) {
        const result = await simulate(seed, createTimedEngine);
        if (result.broken.length > 0) failed.push(`seed ${seed} ${result.scenario}\n  ${result.broken.join('\n  ')}`);
      }
      expect(failed).toEqual([]);
    }, 300_000);
  });
});
