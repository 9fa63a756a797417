import { REQUEST_TIMEOUT_MS } from '@luma-sync/jobs';

/** Which requests a window counts. Luma counts all together today; older documents split reads from writes. */
export type WindowMethods = 'all' | 'read' | 'write';
export type RequestMethod = 'read' | 'write';

/** "No more than `limit` requests in any `windowMs`." */
export interface BudgetWindow {
  /** As the server enforces it. */
  limit: number;
  windowMs: number;
  /**
   * Kept unspent: for the server's own imprecision, for what people do with the same key, and for when Redis forgets.
   */
  headroom: number;
  methods: WindowMethods;
}

/** What one account may spend. All windows that count a request must have room for it. */
export interface Budget {
  /** The first window is the one the server's `X-RateLimit-*` headers speak of. */
  windows: readonly BudgetWindow[];
  /** No request may be in flight for longer; how long a loss of memory is waited out depends on it. */
  requestTimeoutMaxMs: number;
}

/** Read before every slot, so figures may change while running; cache on the other side, for a few seconds. */
export interface BudgetSource {
  read(account: string): Budget | Promise<Budget>;
}

/** Luma's figures since June 2026 (docs/rate-limit.md): 200 in a minute per calendar, reads and writes together. */
export function toBudget(figures: {
  limitPerMinute: number;
  headroom: number;
  requestTimeoutMaxMs?: number | undefined;
}): Budget {
  return {
    windows: [{ limit: figures.limitPerMinute, windowMs: 60_000, headroom: figures.headroom, methods: 'all' }],
    requestTimeoutMaxMs: figures.requestTimeoutMaxMs ?? REQUEST_TIMEOUT_MS,
  };
}

/** @returns every problem found; empty when the budget can be used. */
export function findBudgetProblems(budget: Budget): string[] {
  const problems: string[] = [];
  for (const [index, { limit, windowMs, headroom }] of budget.windows.entries()) {
    if (!Number.isInteger(limit) || limit < 1) problems.push(`windows.${index}.limit must be a whole number above 0`);
    if (!Number.isInteger(windowMs) || windowMs < 1)
      problems.push(`windows.${index}.windowMs must be a whole number above 0`);
    if (!Number.isInteger(headroom) || headroom < 0 || headroom >= limit) {
      problems.push(`windows.${index}.headroom must be a whole number from 0 to below the limit`);
    }
  }
  for (const method of ['read', 'write'] as const) {
    if (!budget.windows.some((window) => countsMethod(window, method))) problems.push(`no window counts a ${method}`);
  }
  if (!Number.isInteger(budget.requestTimeoutMaxMs) || budget.requestTimeoutMaxMs < 1) {
    problems.push('requestTimeoutMaxMs must be a whole number above 0');
  }
  return problems;
}

export function countsMethod(window: BudgetWindow, method: RequestMethod): boolean {
  return window.methods === 'all' || window.methods === method;
}
