import { describe, expect, it } from '@jest/globals';
import { BUDGET_KEY_COUNT, toBudgetKeys } from './keys.js';

/** The part of a key by which a Redis cluster chooses the node; the first braces of a key that are not empty. */
const hashTagOf = (key: string): string | undefined => /\{([^}]+)\}/.exec(key)?.[1];

describe('the keys of a budget', () => {
  it('share one hash tag, so that a cluster keeps them on one node', () => {
    const keys = toBudgetKeys('luma-sync:', 'account-1');
    expect(new Set(keys.map(hashTagOf))).toEqual(new Set(['budget:account-1']));
    expect(new Set(keys).size).toBe(BUDGET_KEY_COUNT);
  });

  it('differ between two accounts and between two prefixes', () => {
    const all = [toBudgetKeys('a:', '1'), toBudgetKeys('a:', '2'), toBudgetKeys('b:', '1')].flat();
    expect(new Set(all).size).toBe(3 * BUDGET_KEY_COUNT);
  });
});
