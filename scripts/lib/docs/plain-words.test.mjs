import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { inRoot } from '../paths.mjs';

/** Each is unclear about which part of the system acts, or has a term of the field that a search would use. */
const AVOIDED = [
  { word: /\bwhoever\b/i, use: 'the run, the caller, the guest, the process' },
  { word: /\bunder way\b/i, use: 'in flight' },
  {
    word: /\bt(?:ake|akes|aken|aking|ook) (?:it |them |others |nothing )?along\b|takeAlong|takenAlong/i,
    use: 'coalesce',
  },
  { word: /first.?contact/i, use: 'adopt, adoption' },
  { word: /\bweather\b/i, use: 'fault profile' },
  { word: /\bdice\b/i, use: 'seeded random' },
  { word: /toWords/, use: 'a name for what is rendered: describeError, renderFact, normalizeWords' },
];

/** Applied migrations stay as they are; this file names the words. */
const EXEMPT = /^prisma\/migrations\/|^scripts\/lib\/docs\/plain-words\.test\.mjs$/;

const files = execFileSync('git', ['ls-files'], { cwd: inRoot(), encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(?:ts|tsx|mjs|md|prisma)$/.test(file) && !file.includes('/generated/') && !EXEMPT.test(file));

it.each(AVOIDED)('code and docs do not say $word; they say: $use', ({ word }) => {
  expect(files.length).toBeGreaterThan(1_000);
  const found = files.flatMap((file) =>
    readFileSync(inRoot(file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (word.test(line) ? [`${file}:${index + 1}`] : [])),
  );
  expect(found).toEqual([]);
});
