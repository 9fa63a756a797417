import { describe, expect, it } from '@jest/globals';
import { Outages } from './outages.js';
import { percentile } from './recovery.js';

describe('Outages', () => {
  it('leaves out what lies in an outage, overlapping ones once', async () => {
    let now = 1_000;
    const outages = new Outages(() => now);
    let end = (): void => {};
    const first = outages.during(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    now = 1_100;
    await outages.during(async () => {
      now = 1_200;
    });
    // It goes on, nobody knows until when.
    expect(outages.quietBetween(1_500, 5_000)).toBe(0);
    now = 2_000;
    end();
    await first;
    expect(outages.quietBetween(2_000, 2_500)).toBe(500);
    // Begun 200 ms before the outage and ended 300 ms after it.
    expect(outages.quietBetween(800, 2_300)).toBe(500);
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
