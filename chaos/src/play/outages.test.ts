import { describe, expect, it } from '@jest/globals';
import { Outages } from './outages.js';
import { percentile } from './recovery.js';

describe('Outages', () => {
  it('leaves out what lies in an outage, overlapping ones once', async () => {
    const outages = new Outages();
    const from = performance.now();
    let end = (): void => {};
    const first = outages.during(() => new Promise<void>((resolve) => (end = resolve)));
    await outages.during(async () => {});
    expect(outages.quietBetween(from + 1_000, from + 5_000)).toBe(0);
    end();
    await first;
    const after = performance.now() + 1;
    expect(outages.quietBetween(after, after + 500)).toBe(500);
    // Begun 200 ms before the outage and ended 300 ms after it.
    expect(outages.quietBetween(from - 200, after + 300)).toBeLessThan(520);
    expect(outages.quietBetween(from - 200, after + 300)).toBeGreaterThanOrEqual(500);
  });
});

describe('percentile', () => {
  it('is the value that so large a share does not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(percentile(values, 0.5)).toBe(100);
    expect(percentile(values, 0.99)).toBe(198);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNull();
  });
});
