import type { BudgetSource } from './budget.js';
import type { BudgetMemory } from './budget-memory.js';
import { createLimiter } from './limiter.js';
import { systemClock } from './local-clock.js';
import type { RateLimiter } from './rate-limiter.js';
import { createRedisEngine, type RedisClient } from './redis/redis-engine.js';

export interface RedisLimiterOptions {
  /**
   * The app's own client, single or cluster. Give it a low `maxRetriesPerRequest`: here a slow failure is worth no more
   * than a fast one.
   */
  redis: RedisClient;
  /** In front of every key, before the hash tag `{budget:<account>}`. */
  keyPrefix: string;
  budgets: BudgetSource;
  /**
   * Without it every first start, and every start after Redis forgot, spends only the headroom for one window and one
   * deadline.
   */
  memory?: BudgetMemory;
  /** Default 250: a worker that cannot reach Redis should know at once. */
  answerWithinMs?: number;
}

/** The budget that all processes share. Needs Redis 6 or newer with `maxmemory-policy noeviction`. */
export function createRedisLimiter(options: RedisLimiterOptions): RateLimiter {
  return createLimiter({
    engine: createRedisEngine(options.redis, options.keyPrefix),
    budgets: options.budgets,
    memory: options.memory ?? null,
    clock: systemClock,
    random: Math.random,
    answerWithinMs: options.answerWithinMs ?? 250,
  });
}
