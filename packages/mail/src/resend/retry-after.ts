/** Even a wrong header must not hold mails up for longer. */
const LONGEST_MS = 24 * 3_600_000;
/** `Retry-After: 0` and dates in the past would mean a loop without a pause. */
const SHORTEST_MS = 250;

/** Reads `Retry-After`, seconds or a date. @returns milliseconds, or null when it is absent or unreadable. */
export function readRetryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(Math.ceil(ms), SHORTEST_MS), LONGEST_MS) : null;
}
