import type { BudgetSource } from './budget.js';
import type { BudgetMemory } from './budget-memory.js';
import { createLimiter } from './limiter.js';
import { systemClock } from './local-clock.js';
import { createMemoryEngine } from './memory/memory-engine.js';
import type { RateLimiter } from './rate-limiter.js';

/** The same limiter for one process alone: for tests of its users, and where no second process spends the key. */
export function createMemoryLimiter(options: { budgets: BudgetSource; memory?: BudgetMemory }): RateLimiter {
  return createLimiter({
    engine: createMemoryEngine(() => Math.floor(performance.now())),
    budgets: options.budgets,
    memory: options.memory ?? ALWAYS_IDLE,
    clock: systemClock,
    random: Math.random,
    answerWithinMs: 250,
  });
}

/** A process that starts knows that it has sent nothing, and there is no other. */
const ALWAYS_IDLE: BudgetMemory = {
  idleForMs: async () => Number.POSITIVE_INFINITY,
  markUsed: async () => undefined,
  noteForgotten: async () => Number.POSITIVE_INFINITY,
};
