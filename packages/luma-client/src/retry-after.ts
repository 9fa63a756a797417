import { readHttpDateMs, readRetryAfterMs } from '@luma-sync/jobs';
import type { AnswerHeaders } from './slot-gate.js';

/** Luma blocks for one minute (documented); without a header that names a wait this is what we wait. */
const LOCK_OUT_MS = 60_000;
/** A header that asks for more than this is a mistake, or a date in another zone. */
const RETRY_AFTER_MAX_MS = 3_600_000;
/** A part of a second still means: not at once. */
const RETRY_AFTER_MIN_MS = 1_000;

/**
 * How long a 429 asks us to wait. A date is read against the server's own `Date`, so that our clock does not matter.
 */
export function toLockOutMs(headers: AnswerHeaders, nowMs: number): number {
  const serverNowMs = readHttpDateMs(single(headers.date)) ?? nowMs;
  const asked = readRetryAfterMs(single(headers['retry-after']), serverNowMs) ?? LOCK_OUT_MS;
  return Math.min(Math.max(asked, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
