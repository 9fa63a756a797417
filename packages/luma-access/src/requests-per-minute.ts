import type { BudgetSource } from '@luma-sync/rate-limiter';
import { type Database, findKeyFingerprint } from '@luma-sync/store';

const MINUTE_MS = 60_000;

/**
 * How many requests a minute a calendar's key may send, reads and writes together: what plans reckon their time with.
 */
export function createRequestsPerMinute(db: Database, budgets: BudgetSource) {
  return async (calendarId: string): Promise<number> => {
    const { windows } = await budgets.read((await findKeyFingerprint(db, calendarId)) ?? '');
    const rates = windows.map(({ limit, headroom, windowMs }) => ((limit - headroom) * MINUTE_MS) / windowMs);
    return Math.max(1, Math.floor(Math.min(...rates)));
  };
}
