import { describe, expect, it } from '@jest/globals';
import { simulate } from '../simulation/simulate.js';
import { createMemoryEngine } from './memory-engine.js';

/** Many more every night, and one of them again: `npm run simulate:budget -- --seeds 10000`, `-- --seed 123`. */
const seeds = Array.from({ length: 100 }, (_, i) => i + 1);

describe('the budget under random trouble', () => {
  it('never lets the server count more than the budget in any window', async () => {
    const failed: string[] = [];
    let arrivals = 0;
    for (const seed of seeds) {
      const result = await simulate(seed, createMemoryEngine);
      arrivals += result.arrivals;
      if (result.broken.length > 0)
        failed.push(`simulate:budget -- --seed ${seed}: ${result.scenario}\n  ${result.broken.join('\n  ')}`);
    }
    expect(failed).toEqual([]);
    // A run in which nothing was sent would prove nothing.
    expect(arrivals).toBeGreaterThan(20 * seeds.length);
  }, 300_000);
});
