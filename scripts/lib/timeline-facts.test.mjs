import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inRoot } from './paths.mjs';

const read = (...path) => readFileSync(inRoot(...path), 'utf8');
const sources = ['facts.ts', 'flow-facts.ts'].map((file) => read('packages', 'timeline', 'src', file)).join('\n');
const defined = [...new Set([...sources.matchAll(/\bfact: '([a-z-]+)'/g)].map(([, fact]) => fact))].sort();
const listed = [...read('docs', 'timeline.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, fact]) => fact);

describe('docs/timeline.md', () => {
  it('lists every fact a story can hold, once, and none that nobody tells', () => {
    expect(defined.length).toBeGreaterThan(20);
    expect([...listed].sort()).toEqual(defined);
  });
});
