import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, NoAnswerError, RateLimitedError } from '@luma-sync/client';

/**
 * How a command of the app ended. `unknown`: no answer within all the patience; it may have been carried out or not.
 */
export type Told<T> = { kind: 'accepted'; answer: T } | { kind: 'refused'; error: ApiError } | { kind: 'unknown' };

export interface Patience {
  /** Repeats of one command are bounded by time. */
  limitMs: number;
  onRepeat?: (reason: string) => void;
}

/**
 * Pauses double up to here: a crowd of callers who repeat at once keeps a slow server busy with requests that nobody
 * waits for any more.
 */
const PAUSE_MAX_MS = 5_000;
const PAUSE_MS = 200;

/** Repeats a command, the very same one, until luma-sync has answered: what an app's own queue would do. */
export async function patiently<T>(attempt: () => Promise<T>, { limitMs, onRepeat }: Patience): Promise<Told<T>> {
  const giveUpAt = performance.now() + limitMs;
  for (let repeats = 0; ; repeats += 1) {
    let waitMs = Math.min(PAUSE_MS * 2 ** repeats, PAUSE_MAX_MS);
    try {
      return { kind: 'accepted', answer: await attempt() };
    } catch (error) {
      if (error instanceof RateLimitedError) waitMs = Math.max(waitMs, Math.min(error.retryAfterMs, PAUSE_MAX_MS));
      else if (error instanceof ApiError && !isWorthRepeating(error)) return { kind: 'refused', error };
      else if (!(error instanceof ApiError) && !(error instanceof NoAnswerError)) throw error;
      onRepeat?.(error instanceof ApiError ? `${error.status} ${error.code}` : 'no answer');
    }
    if (performance.now() + waitMs >= giveUpAt) return { kind: 'unknown' };
    await pause(waitMs);
  }
}

const isWorthRepeating = ({ status, code }: ApiError): boolean => status >= 500 || code === 'idempotency.in_progress';
