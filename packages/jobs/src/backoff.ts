import type { JobDefinition } from './define-job.js';

/**
 * Pause before the next run: doubles from `firstMs` to `maxMs`, plus up to a quarter at random so that records which
 * failed together do not come back together.
 *
 * @param attempt Runs already made, 1 or more.
 * @param random  From 0 up to 1.
 * @returns whole milliseconds, at least `firstMs`.
 */
export function backoffMs(backoff: JobDefinition['backoff'], attempt: number, random: number): number {
  const doubled = backoff.firstMs * 2 ** Math.min(attempt - 1, 30);
  return Math.round(Math.min(doubled, backoff.maxMs) * (1 + random / 4));
}
