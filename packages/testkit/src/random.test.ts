import { describe, expect, it } from '@jest/globals';
import { createRandom, withRandom } from './random.js';

describe('createRandom', () => {
  it('makes the same choices again for the same seed', () => {
    const draw = (seed: number): unknown[] => {
      const random = createRandom(seed);
      return [random.next(), random.integer(1, 1_000_000), random.shuffle(['a', 'b', 'c', 'd', 'e', 'f'])];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('reaches both ends of a range and nothing beyond', () => {
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 500 }, () => random.integer(2, 4)));
    expect([...drawn].sort()).toEqual([2, 3, 4]);
  });
});

describe('withRandom', () => {
  it('names the seed of a failure', async () => {
    await expect(withRandom(() => Promise.reject(new Error('lost one')))).rejects.toThrow(
      /lost one\n\(again with TEST_SEED=\d+\)/,
    );
  });
});
