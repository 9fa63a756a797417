import type { AnswerHeaders } from './slot-gate.js';

/** Luma blocks for one minute (documented); without a header that is what we wait. */
const LOCK_OUT_MS = 60_000;
/** A header that asks for more than this is a mistake, or a date in another zone. */
const RETRY_AFTER_MAX_MS = 3_600_000;
/** Zero, or a date just past, still means: not at once. */
const RETRY_AFTER_MIN_MS = 1_000;

/**
 * How long a 429 asks us to wait. `Retry-After` is seconds or an HTTP date (both forms are allowed, both were met); a date is read
 * against the server's own `Date`, so that our clock does not matter.
 */
export function readRetryAfterMs(headers: AnswerHeaders, nowMs: number): number {
  const value = single(headers['retry-after'])?.trim();
  if (value === undefined || value === '') return LOCK_OUT_MS;
  const asked = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - serverNow(headers, nowMs);
  if (!Number.isFinite(asked)) return LOCK_OUT_MS;
  return Math.ceil(Math.min(Math.max(asked, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS));
}

function serverNow(headers: AnswerHeaders, nowMs: number): number {
  const date = Date.parse(single(headers.date) ?? '');
  return Number.isFinite(date) ? date : nowMs;
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
