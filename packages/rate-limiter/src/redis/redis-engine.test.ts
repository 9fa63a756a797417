import { beforeEach, describe, expect, it } from '@jest/globals';
import { toJobError } from '@luma-sync/jobs';
import RedisMock from 'ioredis-mock';
import { toBudget } from '../budget.js';
import type { RateLimiter } from '../rate-limiter.js';
import { createRedisLimiter } from '../redis-limiter.js';
import { BUDGET_KEY_COUNT, toBudgetKeys } from './keys.js';
import { createRedisEngine, type RedisClient } from './redis-engine.js';

/*
 * What needs only a double of Redis: keys, arguments, answers and errors. The double cannot run the scripts themselves
 * (its `INFO` gives Lua no text), so redis-engine.integration.test.ts runs them on a real Redis.
 */

const ACCOUNT = 'account';
const PREFIX = 'test:';
const WINDOWS = [{ limit: 5, windowMs: 60_000, headroom: 1, methods: 'all' as const }];
const CALL = {
  account: ACCOUNT,
  windows: WINDOWS,
  method: 'read' as const,
  rank: 0,
  holdMs: 1_000,
  maxWaitMs: 0,
  ticket: null,
};

let redis: RedisClient;

beforeEach(() => {
  redis = new RedisMock();
});

/** Replaces a script by an answer of the test's choice. */
function answerWith(script: string, answer: (...args: (string | number)[]) => Promise<unknown>): void {
  Object.assign(redis, { [script]: answer });
}

describe('the engine on Redis', () => {
  it('hands each script all keys of the account, and numbers and texts only', async () => {
    const engine = createRedisEngine(redis, PREFIX);
    const calls: unknown[][] = [];
    answerWith('budgetTake', async (...args) => {
      calls.push(args);
      return ['unknown'];
    });
    expect(await engine.take(CALL)).toEqual({ kind: 'unknown' });
    const [args = []] = calls;
    expect(args.slice(0, BUDGET_KEY_COUNT)).toEqual(toBudgetKeys(PREFIX, ACCOUNT));
    expect(args.slice(BUDGET_KEY_COUNT)).toEqual([0, 'read', 1_000, 0, '', 1, 5, 1, 60_000, 'all']);
  });

  it.each([
    ['budgetTake', 'nothing known', 'a budget script answered something unknown'],
    ['budgetTake', ['refused'], 'a budget script answered something unknown'],
    ['budgetInspect', 'no list', 'a budget script answered something other than a list'],
  ])('refuses an answer of %s that it does not know: %j', async (script, answer, message) => {
    const engine = createRedisEngine(redis, PREFIX);
    answerWith(script, async () => answer);
    const ask = script === 'budgetTake' ? engine.take(CALL) : engine.inspect(ACCOUNT, WINDOWS);
    await expect(ask).rejects.toThrow(message);
  });
});

describe('a limiter whose Redis fails', () => {
  const acquire = (limiter: RateLimiter) =>
    limiter.acquire({ account: ACCOUNT, method: 'read', priority: 'interactive', requestTimeoutMs: 1_000 });
  const openLimiter = () =>
    createRedisLimiter({
      redis,
      keyPrefix: PREFIX,
      budgets: { read: () => toBudget({ limitPerMinute: 200, headroom: 10 }) },
      answerWithinMs: 50,
    });

  it.each([
    ['refuses the connection', async () => Promise.reject(new Error('connect ECONNREFUSED'))],
    ['is read-only', async () => Promise.reject(new Error('READONLY You can’t write against a read only replica.'))],
    ['never answers', () => new Promise<never>(() => {})],
    ['answers nonsense', async () => ['refused']],
  ])('gives no slot and lets the caller wait when it %s', async (_how, answer) => {
    const limiter = openLimiter();
    answerWith('budgetTake', answer);
    const error = toJobError(await acquire(limiter).catch((thrown: unknown) => thrown));
    expect({ code: error.code, verdict: error.verdict }).toEqual({ code: 'limiter.unavailable', verdict: 'wait' });
  });
});
