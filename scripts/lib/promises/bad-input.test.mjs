import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { namedTests, openSources } from '../named-tests.mjs';

const root = join(import.meta.dirname, '../../..');

it('docs/bad-input.md names tests that exist, one in each row', () => {
  const rows = readFileSync(join(root, 'docs/bad-input.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| input |') && !line.startsWith('| --- |'))
    .map((line) => line.slice(1, -1).split(' | '));
  const found = rows.map(([, , cell = '']) => namedTests(cell));
  expect(found.map((tests) => tests.length)).toEqual(rows.map(() => 1));
  expect(found.flat().filter((test) => !openSources(root)(test))).toEqual([]);
});
