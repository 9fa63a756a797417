import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { CHARACTER_CLASSES, fillText } from './character-classes.js';
import { fitExponent, type Point } from './fit-exponent.js';
import { loadCompiled, loadFunction, type Run } from './load-function.js';
import { measureCpuMs } from './measure-cpu.js';
import { nameOf, TEXT_FUNCTIONS } from './text-functions.js';

const KILO = 1024;
const LENGTHS = [1, 4, 16, 64, 256, 1024].map((kilo) => kilo * KILO);
/** 1 is linear; caches of the processor and the collector of garbage make it somewhat more. */
const EXPONENT_MAX = 1.2;
const ROUNDS = 1;
/** Measured again, more carefully, before it is called slow. */
const ROUNDS_OF_DOUBT = 15;
/** One call that took longer is not followed by a longer text: it would take minutes. */
const GIVE_UP_MS = 4_000;

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
});

interface Worst {
  name: string;
  exponent: number;
  ofClass: string;
  points: Point[];
}

const chosen = TEXT_FUNCTIONS.filter((of) => values.only === undefined || nameOf(of).includes(values.only));
const results: Worst[] = [];
for (const of of chosen) {
  const worst = await findWorst(nameOf(of), await loadFunction(of, loadCompiled));
  results.push(worst);
  process.stderr.write(`${worst.name}: ${worst.exponent.toFixed(2)} (${worst.ofClass})\n`);
}
const slow = results.filter(({ exponent }) => exponent > EXPONENT_MAX);
if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
else process.stdout.write(`${toTable(results)}\n`);
const worst = results.reduce((a, b) => (b.exponent > a.exponent ? b : a));
process.stdout.write(
  `text: ${results.length} functions, ${Object.keys(CHARACTER_CLASSES).length} classes of character, ` +
    `worst exponent ${worst.exponent.toFixed(2)} (${worst.name}, ${worst.ofClass}), ${slow.length} above ` +
    `${EXPONENT_MAX}\n`,
);
process.exitCode = slow.length === 0 ? 0 : 1;

/** The class of character for which the work grows fastest with the length; among equals the one that takes longest. */
async function findWorst(name: string, run: Run): Promise<Worst> {
  let worst: Worst = { name, exponent: 0, ofClass: 'none', points: [] };
  for (const [ofClass, unit] of Object.entries(CHARACTER_CLASSES)) {
    let points = await measure(run, unit, ROUNDS);
    let exponent = fitExponent(points) ?? 0;
    if (exponent > EXPONENT_MAX) {
      points = await measure(run, unit, ROUNDS_OF_DOUBT);
      exponent = fitExponent(points) ?? 0;
    }
    const isSlow = exponent > EXPONENT_MAX;
    const isWorse =
      isSlow || worst.exponent > EXPONENT_MAX ? exponent > worst.exponent : longest(points) > longest(worst.points);
    if (isWorse) worst = { name, exponent, ofClass, points };
  }
  return worst;
}

async function measure(run: Run, unit: string, rounds: number): Promise<Point[]> {
  const points: Point[] = [];
  for (const length of LENGTHS) {
    const cpuMs = await measureCpuMs(run, fillText(unit, length), rounds);
    points.push({ length, cpuMs });
    if (cpuMs > GIVE_UP_MS) break;
  }
  return points;
}

function longest(points: readonly Point[]): number {
  return points.reduce((most, { cpuMs }) => Math.max(most, cpuMs), 0);
}

function toTable(rows: readonly Worst[]): string {
  const table = new Table({
    head: ['function', 'slowest class', ...LENGTHS.map((length) => `${length / KILO} kB`), 'exponent'],
    colAligns: ['left', 'left', ...LENGTHS.map(() => 'right' as const), 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, ofClass, points, exponent } of rows) {
    const times = LENGTHS.map((_, index) => toMs(points[index]?.cpuMs));
    table.push([name, ofClass, ...times, exponent.toFixed(2)]);
  }
  return `Milliseconds of processor time for one call\n${table.toString()}`;
}

function toMs(cpuMs: number | undefined): string {
  return cpuMs === undefined ? '-' : cpuMs.toPrecision(2);
}
