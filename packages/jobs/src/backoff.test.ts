import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

const BACKOFF = { firstMs: 2_000, maxMs: 900_000 };

describe('pause before the next run', () => {
  it.each([
    [1, 0, 2_000],
    [2, 0, 4_000],
    [5, 0, 32_000],
    [10, 0, 900_000],
    [1, 0.5, 2_250],
    [1_000_000, 0, 900_000],
  ])('after run %i, with %d of chance, is %i ms', (attempt, random, ms) => {
    expect(backoffMs(BACKOFF, attempt, random)).toBe(ms);
  });

  it('never falls below the first pause, nor above the longest one and a quarter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (attempt, random) => {
          const ms = backoffMs(BACKOFF, attempt, random);
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(BACKOFF.firstMs);
          expect(ms).toBeLessThanOrEqual(BACKOFF.maxMs * 1.25);
        },
      ),
    );
  });
});
