export {
  type Budget,
  type BudgetSource,
  type BudgetWindow,
  type RequestMethod,
  toBudget,
  type WindowMethods,
} from './budget.js';
export type { BudgetMemory } from './budget-memory.js';
export { createMemoryLimiter } from './memory-limiter.js';
export type {
  Acquired,
  AcquireRequest,
  BudgetUsage,
  DenialReason,
  RateLimiter,
  SettleHeaders,
  Slot,
  WindowUsage,
} from './rate-limiter.js';
export { createRedisLimiter, type RedisLimiterOptions } from './redis-limiter.js';
