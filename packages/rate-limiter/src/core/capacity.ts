import type { BudgetWindow } from '../budget.js';

/**
 * Slots that may count at the same time in one window.
 *
 * @param serverLimit The server's own figure when it is known to be lower, for the first window only.
 * @param isCold Nothing is remembered of what was spent: up to `limit - headroom` requests may still count at the
 *   server, so only the headroom is certainly free.
 */
export function toCapacity(window: BudgetWindow, serverLimit: number | null, isCold: boolean): number {
  const limit = serverLimit === null ? window.limit : Math.min(window.limit, serverLimit);
  // At least one, or a low figure from the server would stop the account until it is forgotten.
  const capacity = Math.max(1, limit - window.headroom);
  return isCold ? Math.min(capacity, window.headroom) : capacity;
}

/** Lowest class served in time even when higher ones would take everything: it is booked a lane half a window ahead. */
export function toBookingDelayMs(windows: readonly { windowMs: number }[]): number {
  return Math.floor(Math.min(...windows.map((window) => window.windowMs)) / 2);
}
