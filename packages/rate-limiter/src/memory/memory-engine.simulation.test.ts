import { describe, expect, it } from '@jest/globals';
import { simulate } from '../testing/simulation.js';
import { createMemoryEngine } from './memory-engine.js';

/** One seed again: `BUDGET_SEED=123 npm run jest -- memory-engine.simulation`. Many: `BUDGET_SEEDS=10000`. */
const only = process.env.BUDGET_SEED;
const count = Number(process.env.BUDGET_SEEDS ?? 300);
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];

describe('the budget under random trouble', () => {
  it('never lets the server count more than the budget in any window', async () => {
    const failed: string[] = [];
    let arrivals = 0;
    for (const seed of seeds) {
      const result = await simulate(seed, createMemoryEngine);
      arrivals += result.arrivals;
      if (result.broken.length > 0)
        failed.push(`BUDGET_SEED=${seed} ${result.scenario}\n  ${result.broken.join('\n  ')}`);
    }
    expect(failed).toEqual([]);
    // A run in which nothing was sent would prove nothing.
    expect(arrivals).toBeGreaterThan(20 * seeds.length);
  }, 3_600_000);
});
