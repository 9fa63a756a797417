import type { BudgetEngine } from '../engine.js';
import { MemoryBudget } from './memory-budget.js';

export interface MemoryEngine extends BudgetEngine {
  /** Forgets everything, as Redis does after FLUSHALL. */
  lose(): void;
}

/**
 * @param clock The one clock of all budgets, whole milliseconds.
 */
export function createMemoryEngine(clock: () => number): MemoryEngine {
  const budgets = new Map<string, MemoryBudget>();
  const budgetOf = (account: string): MemoryBudget => {
    const known = budgets.get(account) ?? new MemoryBudget();
    budgets.set(account, known);
    return known;
  };
  return {
    take: async (call) => budgetOf(call.account).take(clock(), call),
    claim: async (account, claim, forMs) => budgetOf(account).claim(clock(), claim, forMs),
    open: async (account, coldMs, stillMs = 0, claim = null) => budgetOf(account).open(clock(), coldMs, stillMs, claim),
    holds: async (account, slotId) => budgetOf(account).holds(slotId),
    settle: async (call) => budgetOf(call.account).settle(clock(), call),
    release: async (account, slotId) => budgetOf(account).release(slotId),
    block: async (account, forMs) => budgetOf(account).block(clock(), forMs),
    inspect: async (account, windows) => budgetOf(account).inspect(clock(), windows),
    lose: () => budgets.clear(),
  };
}
