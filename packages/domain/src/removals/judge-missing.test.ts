import { describe, expect, it } from '@jest/globals';
import { isDueForRemoval, isTooMuchMissing, LISTINGS_APART_MS } from './judge-missing.js';

describe('what is missing from a complete listing', () => {
  it.each([
    ['nothing', 0, 100, false],
    ['a few of a few', 4, 4, false],
    ['all of five', 5, 5, true],
    ['just a tenth', 10, 100, false],
    ['more than a tenth', 11, 100, true],
    ['five of a crowd', 5, 1_000, false],
  ])('is too much to believe: %s', (_, missing, total, expected) => {
    expect(isTooMuchMissing(missing, total)).toBe(expected);
  });

  it.each([
    ['once', 1, LISTINGS_APART_MS, false],
    ['twice, a moment apart', 2, LISTINGS_APART_MS - 1, false],
    ['twice, some time apart', 2, LISTINGS_APART_MS, true],
    ['often', 9, LISTINGS_APART_MS * 9, true],
  ])('is looked up when it was missing %s', (_, listings, forMs, expected) => {
    const firstMissingAt = new Date('2030-01-01T00:00:00Z');
    expect(isDueForRemoval({ firstMissingAt, listings }, new Date(firstMissingAt.getTime() + forMs))).toBe(expected);
  });
});
