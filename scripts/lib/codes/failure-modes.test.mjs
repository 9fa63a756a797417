import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documentedCodes } from './documented-codes.mjs';
import { usedCodes } from './used-codes.mjs';

const root = join(import.meta.dirname, '../../..');
const documented = documentedCodes(readFileSync(join(root, 'docs/failure-modes.md'), 'utf8'));
const used = usedCodes(root);
const known = new Set(documented.map(({ code }) => code));

describe('docs/failure-modes.md', () => {
  it('explains every code that the sources know', () => {
    const missing = used.filter(({ code }) => !known.has(code)).map(({ code, place }) => `${code} (${place})`);
    expect([...new Set(missing)]).toEqual([]);
  });

  it('explains no code that nobody uses', () => {
    const inUse = new Set(used.map(({ code }) => code));
    expect([...known].filter((code) => !inUse.has(code))).toEqual([]);
  });

  it('says of each code what the runner does with the class it is thrown as', () => {
    const wrong = used.filter(({ code, verdict }) => {
      if (verdict === undefined || !known.has(code)) return false;
      return !documented.some((row) => row.code === code && row.verdict?.includes(verdict));
    });
    expect(wrong.map(({ code, verdict, place }) => `${code} is ${verdict} in ${place}`)).toEqual([]);
  });

  it('says of each problem the status it is answered with', () => {
    const wrong = used.filter(({ code, status }) => {
      if (status === undefined || !known.has(code)) return false;
      return !documented.some((row) => row.code === code && row.status?.includes(status));
    });
    expect(wrong.map(({ code, status, place }) => `${code} is ${status} in ${place}`)).toEqual([]);
  });

  it('is read at all: there are codes on both sides', () => {
    expect(known.size).toBeGreaterThan(50);
    expect(used.length).toBeGreaterThan(50);
  });
});
