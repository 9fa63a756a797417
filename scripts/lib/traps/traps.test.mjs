import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openSources } from '../named-tests.mjs';
import { documentedTraps } from './documented-traps.mjs';

const root = join(import.meta.dirname, '../../..');
const traps = documentedTraps(readFileSync(join(root, 'docs/traps.md'), 'utf8'));
const isNamed = openSources(root);

describe('docs/traps.md', () => {
  it('names every trap once, in order', () => {
    expect(traps.map(({ trap }) => trap)).toEqual(Array.from({ length: 62 }, (_, index) => `T${index + 1}`));
  });

  it('names tests that exist', () => {
    const missing = traps.flatMap(({ trap, tests }) =>
      tests.filter((test) => !isNamed(test)).map(({ file, name }) => `${trap}: ${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('has a test for every trap, or says that it does not touch us', () => {
    const bare = traps.filter(({ answer, tests }) => tests.length === 0 && !answer.startsWith('does not touch us'));
    expect(bare.map(({ trap }) => trap)).toEqual([]);
  });

  it('has, from T7 on, a test that carries the number of its trap', () => {
    const unnumbered = traps
      .filter(({ trap, tests }) => Number(trap.slice(1)) >= 7 && tests.length > 0)
      .filter(({ trap, tests }) => !tests.some(({ name }) => new RegExp(`\\b${trap}\\b`).test(name)));
    expect(unnumbered.map(({ trap }) => trap)).toEqual([]);
  });

  it('says of each what it is and what we do', () => {
    expect(traps.filter(({ what, answer }) => what.length < 10 || answer.length < 5)).toEqual([]);
  });
});
