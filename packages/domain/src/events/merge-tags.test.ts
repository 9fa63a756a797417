import { describe, expect, it } from '@jest/globals';
import { mergeTags, planTags, type TagsBase } from './merge-tags.js';

const base = (...names: string[]): TagsBase => ({ names, at: '2030-01-01T00:00:00.000Z' });

describe('tags to be asked of Luma', () => {
  it.each([
    ['all of them, at first', ['a', 'b'], null, { apply: ['a', 'b'], unapply: [] }],
    ['none that both sides have', ['a'], base('A'), { apply: [], unapply: [] }],
    ['those that the app added and took off', ['a', 'c'], base('a', 'b'), { apply: ['c'], unapply: ['b'] }],
    [
      'none that Luma refused',
      ['a', 'b'],
      { ...base('a'), refused: { names: ['B'], message: 'no' } },
      { apply: [], unapply: [] },
    ],
  ] as const)('are %s', (_what, ours, known, plan) => {
    expect(planTags(ours, known)).toEqual(plan);
  });
});

describe('tags as Luma shows them', () => {
  it.each([
    ['add what a host added', ['a'], base('a'), ['a', 'x'], ['a', 'x']],
    ['take off what a host took off', ['a', 'b'], base('a', 'b'), ['a'], ['a']],
    ['leave what the app has added since', ['a', 'new'], base('a'), ['a'], ['a', 'new']],
    ['leave off what the app has taken off since', ['a'], base('a', 'b'), ['a', 'b'], ['a']],
    ['are one where only the case differs', ['Music'], base('music'), ['MUSIC'], ['Music']],
    ['are all taken over where nothing was known', ['a'], null, ['b'], ['a', 'b']],
  ] as const)('%s', (_what, ours, known, shown, tags) => {
    expect(mergeTags(ours, known, shown)).toEqual(tags);
  });
});
