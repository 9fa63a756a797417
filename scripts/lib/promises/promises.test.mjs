import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { namedTests, openSources } from '../named-tests.mjs';

const root = join(import.meta.dirname, '../../..');
const isNamed = openSources(root);
const rows = readFileSync(join(root, 'docs/promises.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.slice(1, -1).split(' | '));

describe('docs/promises.md', () => {
  it('names tests that exist, one in each row', () => {
    const found = rows.map(([, cell = '']) => namedTests(cell));
    expect(found.map((tests) => tests.length)).toEqual(rows.map(() => 1));
    expect(found.flat().filter((test) => !isNamed(test))).toEqual([]);
  });

  it('has a break for each of them, and ten promises', () => {
    expect(rows.filter(([, , seenRed = '']) => seenRed.trim().length < 10)).toEqual([]);
    expect(rows.filter(([promise = '']) => promise.trim() !== '')).toHaveLength(10);
  });
});
