import { parseArgs } from 'node:util';
import { isFlawless } from './invariants/check-invariants.js';
import { addResult, describeDay, describeFailure, isGood, lastLine, noTotals, type Totals } from './report.js';
import { runSeed } from './run-seed.js';
import { playDay } from './scenarios/day.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    day: { type: 'string' },
    silent: { type: 'boolean', default: false },
    odd: { type: 'boolean', default: false },
    late: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);
const SEEDS = 200;
/** Failures that are printed in full. */
const PRINTED_MAX = 20;

const first = toWhole(values.seed ?? values.from, 'seed');
let isAllWell = true;
if (values.day !== undefined) {
  const day = await playDay(first, toWhole(values.day, 'day'));
  for (const line of describeDay(day)) print(line);
  isAllWell = isFlawless(day.verdict);
}
// A day asked for by itself is played by itself.
if (values.day === undefined || values.seeds !== undefined || values.seed !== undefined) {
  const count = values.seed === undefined ? toWhole(values.seeds ?? String(SEEDS), 'seeds') : 1;
  const totals = await playSeeds(first, count);
  print(lastLine(totals));
  isAllWell &&= isGood(totals);
}
process.exitCode = isAllWell ? 0 : 1;

async function playSeeds(from: number, count: number): Promise<Totals> {
  const isReplay = values.seed !== undefined;
  const totals = noTotals();
  const startedAt = performance.now();
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await runSeed(seed, {
      isTraced: isReplay,
      isOdd: values.odd,
      isLate: values.late,
      ...(values.silent ? { isSilent: true } : {}),
    });
    addResult(totals, result);
    if (isReplay) for (const line of result.trace) print(line);
    if (totals.failing.at(-1) === seed && totals.failing.length <= PRINTED_MAX)
      for (const line of describeFailure(result)) print(line);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  if (values.json) print(JSON.stringify({ ...totals, seconds: Math.round(seconds * 10) / 10 }));
  else
    print(
      `${totals.requests} requests, ${totals.deliveries} deliveries, ${totals.replays} dead letters replayed, ` +
        `${totals.unwantedMails} unwanted mails, ${totals.guessed} guessed, ${totals.forgotten} conflicts forgotten, ` +
        `${totals.undone} refusals undone; ${seconds.toFixed(1)} s`,
    );
  return totals;
}

function toWhole(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} takes a whole number from 1: ${text}`);
  return value;
}
