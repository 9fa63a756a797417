/**
 * The one form that HTTP allows to be written, and the two that it allows to be read: `Fri, 20 Nov 2026 10:00:42 GMT`
 * and its elders.
 */
const HTTP_DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];
const SECONDS = /^\d{1,12}(?:\.\d{1,6})?$/;

/**
 * Reads `Retry-After`: seconds, or a date. `Date.parse` alone takes `-5` for the year 2001, so nothing but these two
 * forms is read. A wait of zero and a date that is past name no wait: the server that refused a request would be asked
 * again at once.
 *
 * @param nowMs The moment a date counts from: by the server's own clock, where it tells.
 * @returns milliseconds, more than 0; null when the header is absent, or names no wait.
 */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  const ms = SECONDS.test(text) ? Number(text) * 1_000 : (readHttpDateMs(text) ?? nowMs) - nowMs;
  return ms > 0 ? Math.ceil(ms) : null;
}

/** @returns null for anything that is no date of HTTP. */
export function readHttpDateMs(header: string | undefined): number | null {
  const text = header?.trim() ?? '';
  if (!HTTP_DATES.some((form) => form.test(text))) return null;
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isFinite(ms) ? ms : null;
}
