import { parseArgs } from 'node:util';
import { createMemoryEngine } from '../memory/memory-engine.js';
import { simulate } from './simulate.js';

/**
 * Runs of the budget in virtual time under random trouble, seed by seed: `npm run simulate:budget -- --seeds 10000`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    /** Where to begin, for a part of a long run. */
    from: { type: 'string', default: '1' },
    /** One run again, with its scenario. */
    seed: { type: 'string' },
  },
});

/** More are of no use: what is wrong shows in the first. */
const FAILURES_SHOWN = 10;
const PROGRESS_EVERY = 500;
const print = (line: string) => process.stdout.write(`${line}\n`);

process.exitCode = await run();

async function run(): Promise<number> {
  const isReplay = values.seed !== undefined;
  const first = wholeNumber(isReplay ? 'seed' : 'from', values.seed ?? values.from);
  const count = isReplay ? 1 : wholeNumber('seeds', values.seeds);
  if (first === null || count === null) return 1;
  const startedAt = performance.now();
  let over = 0;
  let arrivals = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = await simulate(seed, createMemoryEngine);
    arrivals += result.arrivals;
    if (isReplay) print(`seed ${seed}: ${result.scenario}\n  ${result.arrivals} requests arrived`);
    if (result.broken.length > 0) {
      over += 1;
      if (over <= FAILURES_SHOWN) {
        print(`seed ${seed} failed: ${result.scenario}\n  ${result.broken.join('\n  ')}`);
        print(`  again: npm run simulate:budget -- --seed ${seed}`);
      }
    }
    const done = seed - first + 1;
    if (done % PROGRESS_EVERY === 0 && done < count) print(`${done} of ${count} seeds, ${over} failed`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  print(`simulate:budget: ${count} seeds, ${over} with a window over, ${arrivals} requests, ${seconds} s`);
  return over > 0 ? 1 : 0;
}

function wholeNumber(name: string, text: string): number | null {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  print(`--${name} must be a whole number above 0: ${text}`);
  return null;
}
