import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { expectWithinDocument } from './within-document.js';

let dir: string;
const usual = process.env.LUMA_REQUESTS_FILE;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'luma-sync-requests-'));
  process.env.LUMA_REQUESTS_FILE = join(dir, 'requests');
});
afterEach(() => {
  if (usual === undefined) delete process.env.LUMA_REQUESTS_FILE;
  else process.env.LUMA_REQUESTS_FILE = usual;
  rmSync(dir, { recursive: true });
});

const took = (requests: number, ...entries: string[]) => ({
  control: { outside: () => ({ count: entries.length, entries }), counters: () => ({ requests }) },
});

it('counts the requests of all simulators, and fails for one outside of the document', () => {
  expectWithinDocument([took(3), took(4)]);
  expect(() => expectWithinDocument([took(2, 'POST /v1/nowhere')])).toThrow(/1 requests .*POST \/v1\/nowhere/);
  expect(readFileSync(join(dir, 'requests'), 'utf8')).toBe('7 0\n2 1\n');
});
