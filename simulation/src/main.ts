import { parseArgs } from 'node:util';
import { addResult, describeFailure, isGood, lastLine, noTotals } from './report.js';
import { runSeed } from './run-seed.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);
/** Failures told in full; more of them say the same. */
const TOLD_MAX = 20;

const isReplay = values.seed !== undefined;
const first = toWhole(values.seed ?? values.from, 'seed');
const count = isReplay ? 1 : toWhole(values.seeds, 'seeds');
const totals = noTotals();
const startedAt = performance.now();
for (let seed = first; seed < first + count; seed += 1) {
  const result = await runSeed(seed, { isTold: isReplay });
  addResult(totals, result);
  if (isReplay) for (const line of result.story) print(line);
  if (totals.failing.at(-1) === seed && totals.failing.length <= TOLD_MAX)
    for (const line of describeFailure(result)) print(line);
}
const seconds = (performance.now() - startedAt) / 1_000;
if (values.json) print(JSON.stringify({ ...totals, seconds: Math.round(seconds * 10) / 10 }));
else
  print(
    `${totals.requests} requests, ${totals.deliveries} deliveries, ${totals.replays} dead letters replayed, ${totals.unwantedMails} unwanted mails, ${totals.guessed} guessed, ${totals.forgotten} conflicts forgotten, ${totals.undone} refusals undone; ${seconds.toFixed(1)} s`,
  );
print(lastLine(totals));
process.exitCode = isGood(totals) ? 0 : 1;

function toWhole(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} takes a whole number from 1: ${text}`);
  return value;
}
