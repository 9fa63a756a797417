import type { BoundedAsk } from './bounded-ask.js';
import type { BudgetWindow } from './budget.js';
import type { BudgetEngine } from './engine.js';
import { readRateHeaders } from './rate-headers.js';
import type { SettleHeaders, Slot } from './rate-limiter.js';

interface SlotParts {
  id: string;
  account: string;
  /** The window the server's headers speak of. */
  window: BudgetWindow | undefined;
  engine: BudgetEngine;
  ask: BoundedAsk;
  remainingMs: () => number;
}

/** States: held -> settled | released; each once. A slot left held ages from its deadline. */
export function createSlot({ id, account, window, engine, ask, remainingMs }: SlotParts): Slot {
  let state: 'held' | 'settled' | 'released' = 'held';
  return {
    id,
    remainingMs,
    settle: async ({ headers = {} } = {}) => {
      if (state !== 'held' || window === undefined) return;
      state = 'settled';
      // A settle that fails leaves the slot to its deadline, which is later: safe, so there is nothing to tell the
      // caller.
      await ask
        .answered('settle', engine.settle({ account, slotId: id, window, ...toFigures(headers, window) }))
        .catch(() => undefined);
    },
    release: async () => {
      if (state !== 'held') return;
      state = 'released';
      await ask.answered('release', engine.release(account, id)).catch(() => undefined);
    },
  };
}

function toFigures(headers: SettleHeaders, window: BudgetWindow) {
  const { limit, remaining } = readRateHeaders(headers);
  // A remainder above the limit is nonsense; better no hint than a wrong one.
  const isSane = limit !== null && (remaining === null || remaining <= Math.max(limit, window.limit));
  return { serverLimit: isSane ? limit : null, serverRemaining: isSane ? remaining : null };
}
