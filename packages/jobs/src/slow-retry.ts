import { DAY_MS, HOUR_MS, MINUTE_MS } from './durations.js';

const PAUSES_MS = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

/**
 * Pause before the next slow retry of a parked operation: 10 min, 1 h, 6 h, then a day each time.
 *
 * @param tries Slow retries already made, from 0.
 */
export function slowRetryMs(tries: number): number {
  return PAUSES_MS[tries] ?? DAY_MS;
}
