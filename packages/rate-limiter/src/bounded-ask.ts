import { RetryAfterError } from '@luma-sync/jobs';
import type { LocalClock } from './local-clock.js';

/** After an unreachable Redis; plus as much again at random. */
const UNAVAILABLE_WAIT_MS = 1_000;
/** Figures and the memory of use come from a database: not as fast as the engine, and asked for rarely. */
export const DATABASE_WITHIN_MS = 2_000;

export interface AskOptions<T> {
  withinMs?: number;
  /** Called with an answer that came after the limit. */
  onLate?: (late: T) => void;
}

/**
 * Bounds every question to Redis and Postgres in time, and turns every failure into the one error a worker waits on.
 */
export interface BoundedAsk {
  /** @throws {RetryAfterError} `limiter.unavailable`: it failed, or did not answer within its limit. */
  answered<T>(what: string, asked: Promise<T>, options?: AskOptions<T>): Promise<T>;
  unavailable(why: string, cause?: unknown): RetryAfterError;
}

/** @param answerWithinMs Limit of a question without one of its own. */
export function createBoundedAsk(clock: LocalClock, random: () => number, answerWithinMs: number): BoundedAsk {
  const unavailable = (why: string, cause?: unknown): RetryAfterError => {
    const waitMs = Math.round(UNAVAILABLE_WAIT_MS * (1 + random()));
    return new RetryAfterError('limiter.unavailable', `no slot: ${why}`, { waitMs, cause });
  };
  return {
    unavailable,
    async answered(what, asked, { withinMs = answerWithinMs, onLate } = {}) {
      const ended = new AbortController();
      const TOO_LATE = Symbol('too late');
      try {
        const timeout = clock.sleep(withinMs, ended.signal).then(
          (): typeof TOO_LATE => TOO_LATE,
          (): typeof TOO_LATE => TOO_LATE,
        );
        const first = await Promise.race([asked, timeout]);
        if (first !== TOO_LATE) return first;
      } catch (error) {
        throw unavailable(`${what} failed`, error);
      } finally {
        ended.abort();
      }
      asked.then(onLate, () => undefined);
      throw unavailable(`${what} was not answered within ${withinMs} ms`);
    },
  };
}
