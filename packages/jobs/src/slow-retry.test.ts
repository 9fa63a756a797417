import { expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './durations.js';
import { slowRetryMs } from './slow-retry.js';

it('slow retries come after 10 min, 1 h, 6 h, 24 h, then daily', () => {
  expect([0, 1, 2, 3, 4, 50].map(slowRetryMs)).toEqual([10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, DAY_MS, DAY_MS]);
});
