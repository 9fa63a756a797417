import { REQUEST_TIMEOUT_MS } from '@luma-sync/jobs';
import {
  type Budget,
  type BudgetMemory,
  type BudgetSource,
  createRedisLimiter,
  type RateLimiter,
  type RedisLimiterOptions,
  toBudget,
} from '@luma-sync/rate-limiter';
import { type Database, findBudgetOverride, idleForMs, markAccountUsed, noteBudgetForgotten } from '@luma-sync/store';

/** As the environment has them. */
export interface LumaBudgetSettings {
  LUMA_RATE_LIMIT_PER_MINUTE: number;
  LUMA_RATE_LIMIT_HEADROOM: number;
  REDIS_KEY_PREFIX: string;
}

type BudgetFigures = Pick<LumaBudgetSettings, 'LUMA_RATE_LIMIT_PER_MINUTE' | 'LUMA_RATE_LIMIT_HEADROOM'>;

/** Figures may be changed while running: a change is seen by every process within this time. */
const CACHE_MS = 5_000;

/** The process's figures, unless an operator set others for the calendar. */
export function createBudgetSource(
  db: Database,
  { LUMA_RATE_LIMIT_PER_MINUTE: limitPerMinute, LUMA_RATE_LIMIT_HEADROOM: headroom }: BudgetFigures,
): BudgetSource {
  const cache = new Map<string, { budget: Budget; readAt: number }>();
  return {
    async read(account) {
      const cached = cache.get(account);
      if (cached !== undefined && performance.now() - cached.readAt < CACHE_MS) return cached.budget;
      const override = await findBudgetOverride(db, account);
      const budget =
        override === null
          ? toBudget({ limitPerMinute, headroom, requestTimeoutMaxMs: REQUEST_TIMEOUT_MS })
          : {
              windows: [{ ...override, headroom: Math.min(headroom, override.limit - 1), methods: 'all' as const }],
              requestTimeoutMaxMs: REQUEST_TIMEOUT_MS,
            };
      cache.set(account, { budget, readAt: performance.now() });
      return budget;
    },
  };
}

export function createBudgetMemory(db: Database): BudgetMemory {
  return {
    idleForMs: (account) => idleForMs(db, account),
    markUsed: (account) => markAccountUsed(db, account),
    noteForgotten: (account) => noteBudgetForgotten(db, account),
  };
}

/** The request budgets of all keys, shared by all processes. */
export function createLumaLimiter({
  db,
  redis,
  config,
  budgets = createBudgetSource(db, config),
}: {
  db: Database;
  redis: RedisLimiterOptions['redis'];
  config: LumaBudgetSettings;
  /** Default: one of its own. */
  budgets?: BudgetSource;
}): RateLimiter {
  return createRedisLimiter({
    redis,
    keyPrefix: toLimiterPrefix(config.REDIS_KEY_PREFIX),
    budgets,
    memory: createBudgetMemory(db),
  });
}

export interface MailLimiterOptions {
  redis: RedisLimiterOptions['redis'];
  memory: BudgetMemory;
  /** `REDIS_KEY_PREFIX` as it is set. */
  keyPrefix: string;
  mailsPerSecond: number;
  /** No mail may be in flight for longer. */
  mailTimeoutMs: number;
}

/** What all mail workers together may hand to the provider, by the same rules as requests to Luma. */
export function createMailLimiter({ redis, memory, keyPrefix, ...figures }: MailLimiterOptions): RateLimiter {
  // A headroom would be half of a small figure. Without one nothing is sent for some twenty seconds after Redis lost
  // its memory.
  const window = { limit: figures.mailsPerSecond, windowMs: 1_000, headroom: 0, methods: 'all' as const };
  return createRedisLimiter({
    redis,
    keyPrefix: toLimiterPrefix(keyPrefix),
    budgets: { read: () => ({ windows: [window], requestTimeoutMaxMs: figures.mailTimeoutMs }) },
    memory,
  });
}

/** A budget has a hash tag of its own: in a cluster, keys spread over the nodes account by account. */
const toLimiterPrefix = (keyPrefix: string): string => keyPrefix.replaceAll(/[{}]/g, '');
