import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHARACTER_CLASSES, fillText } from './character-classes.js';
import { loadFunction, type Run } from './load-function.js';
import { measureCpuMs } from './measure-cpu.js';
import { nameOf, TEXT_FUNCTIONS } from './text-functions.js';

/**
 * Each is sixteen times the one before. A longer one is only played when the shorter ones showed no quadratic work.
 * Quadratic work of a tenth of a nanosecond for each pair of characters takes 7 s at the last length.
 */
const LENGTHS = [1, 16, 256].map((kilo) => kilo * 1024);
/**
 * Sixteen times the text may take so many times the work: 16 is linear, 256 is quadratic. The caches of the processor
 * and the collector of garbage make long texts dearer, and so does a machine that does much else as well.
 */
const GROWTH_MAX = 130;
/** What one call costs whatever its text is, is no part of the comparison: less work than this counts as this. */
const FLOOR_MS = 0.05;
/**
 * Some seconds of processor time for each function. The limit ends what hangs, also on a machine that does much else.
 */
const LIMIT_MS = 600_000;
/** Once is enough where all is well. What another process did to a measurement is gone in the least of several. */
const ROUNDS = [1, 5];

const load = async (file: string): Promise<Record<string, unknown>> => {
  const [kind, name, ...rest] = file.split('/');
  return (await import(`../../../${kind}/${name}/src/${rest.join('/')}.ts`)) as Record<string, unknown>;
};

/** @returns in words how the work outgrew the text; null if it did not. */
async function findFault(run: Run, unit: string, lengths = LENGTHS): Promise<string | null> {
  for (const [index, to] of lengths.entries()) {
    const from = lengths[index - 1];
    if (from === undefined) continue;
    let growth = Number.POSITIVE_INFINITY;
    for (const rounds of ROUNDS) {
      const short = await measureCpuMs(run, fillText(unit, from), rounds);
      const long = await measureCpuMs(run, fillText(unit, to), rounds);
      growth = long / Math.max(short, FLOOR_MS);
      if (growth <= GROWTH_MAX) break;
    }
    if (growth > GROWTH_MAX) return `from ${from} to ${to} characters the work grew ${growth.toFixed(0)} times`;
  }
  return null;
}

describe('the work of a text function grows as its text does', () => {
  it.each(TEXT_FUNCTIONS.map((of) => [`${of.file} ${nameOf(of)}`, of] as const))(
    '%s',
    async (_name, of) => {
      const run = await loadFunction(of, load);
      for (const [name, unit] of Object.entries(CHARACTER_CLASSES)) {
        const fault = await findFault(run, unit);
        expect(fault === null ? null : `${name}: ${fault}`).toBeNull();
      }
    },
    LIMIT_MS,
  );

  it(
    'also for texts of several classes in any order',
    async () => {
      const units = Object.values(CHARACTER_CLASSES);
      const runs = await Promise.all(TEXT_FUNCTIONS.map(async (of) => ({ of, run: await loadFunction(of, load) })));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...runs),
          fc.array(fc.constantFrom(...units), { minLength: 2, maxLength: 6 }),
          async ({ run }, parts) => expect(await findFault(run, parts.join(''), LENGTHS.slice(0, 2))).toBeNull(),
        ),
        { numRuns: 100 },
      );
    },
    LIMIT_MS,
  );
});
