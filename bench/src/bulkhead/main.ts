import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { load, print, readServices, runBench, stopOnSignals, tell, toCount } from '../program.js';
import { addCalendars, type BenchCalendar, forEach, refuse, slowDown } from './calendars.js';
import { Pushes } from './pushes.js';
import { type System, startSystem } from './system.js';

/** p95 of the others with the misbehaving ones, at most so many times what it is without. */
const RATIO_MAX = 1.5;
/** Pushes of each slow and each refusing calendar, put at once. */
const PUSHES_OF_MISBEHAVING = 25;
/** A push that has not arrived after so long counts as not arrived. */
const ARRIVAL_LIMIT_MS = 120_000;

const { values } = parseArgs({
  options: {
    calendars: { type: 'string', default: '200' },
    slow: { type: 'string', default: '10' },
    refusing: { type: 'string', default: '10' },
    backlog: { type: 'string', default: '2000' },
    delay: { type: 'string', default: '25' },
    rate: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '10' },
    share: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
});
const settings = {
  calendars: toCount('calendars', values.calendars, 3, 1_000),
  slow: toCount('slow', values.slow, 0, 500),
  refusing: toCount('refusing', values.refusing, 0, 500),
  backlog: toCount('backlog', values.backlog, 0, 100_000),
  delaySeconds: toCount('delay', values.delay, 1, 29),
  rate: toRate(values.rate),
  rounds: toCount('rounds', values.rounds, 1, 100),
  concurrency: toCount('concurrency', values.concurrency, 1, 200),
  share: toCount('share', values.share, 1, 100),
};
if (settings.slow + settings.refusing + 1 >= settings.calendars)
  throw new Error('--calendars must be more than --slow, --refusing and the one with the backlog');
const services = readServices('bench:bulkhead');

const stopping = stopOnSignals();

await runBench(stopping, async () => {
  const { concurrency, share } = settings;
  const prefix = '{luma-sync-bench-bulkhead}';
  const system = await startSystem({ ...services, prefix, concurrency, share, signal: stopping.signal });
  const over = new AbortController();
  const signal = AbortSignal.any([stopping.signal, over.signal]);
  // Every push that waits for its moment listens to it.
  setMaxListeners(0, signal);
  const pushes = new Pushes(system, signal);
  const watching = pushes.watch();
  try {
    return await Promise.race([run(system, pushes), watching.then(() => 1)]);
  } finally {
    over.abort();
    await system.stop();
  }
});

interface Figures {
  pushes: number;
  arrived: number;
  p50: number;
  p95: number;
  max: number;
}

async function run(system: System, pushes: Pushes): Promise<number> {
  const { calendars: count, slow, refusing, backlog, delaySeconds } = settings;
  tell(`${count} calendars in one standalone, ${slow} that will answer after ${delaySeconds} s, ${refusing} that will`);
  tell(`refuse, one with a backlog of ${backlog} pushes. Load of the machine ${load()}`);
  const calendars = await addCalendars(system, count);
  const misbehaving = calendars.slice(0, slow + refusing + 1);
  const others = calendars.slice(misbehaving.length);
  tell('a first push of each calendar, not measured');
  await pushes.latenciesOf(await pushes.putAtRate(calendars, settings.rate), ARRIVAL_LIMIT_MS);

  const without = await measure(pushes, others);
  tell(`  without: ${toLine(without)}`);
  await misbehave(system, pushes, misbehaving);
  const during = await measure(pushes, others);
  tell(`  with:    ${toLine(during)}`);
  for (const line of (await system.metrics()).split('\n')) if (line.includes('luma_slow_keys{')) tell(`  ${line}`);
  return report(without, during);
}

/** A new event of each of the others, round after round. */
async function measure(pushes: Pushes, others: readonly BenchCalendar[]): Promise<Figures> {
  const titles: string[] = [];
  for (let round = 0; round < settings.rounds; round += 1)
    titles.push(...(await pushes.putAtRate(others, settings.rate)));
  const latencies = (await pushes.latenciesOf(titles, ARRIVAL_LIMIT_MS)).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(Math.ceil(share * titles.length), latencies.length) - 1] ?? 0;
  // What has not arrived counts as later than all others.
  return { pushes: titles.length, arrived: latencies.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function misbehave(system: System, pushes: Pushes, calendars: readonly BenchCalendar[]): Promise<void> {
  const { slow, refusing, backlog, delaySeconds } = settings;
  const slowOnes = calendars.slice(0, slow);
  const refusingOnes = calendars.slice(slow, slow + refusing);
  await forEach(slowOnes, async (calendar) => void (await slowDown(system, calendar, delaySeconds * 1_000)));
  await forEach(refusingOnes, async (calendar, n) => void (await refuse(system, calendar, n % 2 ? 'key' : 'plan')));
  const ofThese = [...slowOnes, ...refusingOnes].flatMap((calendar) =>
    Array<BenchCalendar>(PUSHES_OF_MISBEHAVING).fill(calendar),
  );
  const last = calendars[slow + refusing];
  const all = [...(last === undefined ? [] : Array<BenchCalendar>(backlog).fill(last)), ...ofThese];
  await forEach(all, async (calendar) => void (await pushes.put(calendar)));
  tell(`${all.length} pushes of the misbehaving ones are accepted`);
}

function report(without: Figures, during: Figures): number {
  const ratio = during.p95 / without.p95;
  const isComplete = without.arrived === without.pushes && during.arrived === during.pushes;
  if (values.json) print(JSON.stringify({ settings, without, with: during, ratio }));
  else {
    const table = new Table({
      style: { head: [], border: [] },
      head: ['pushes of the others', 'arrived', 'p50', 'p95', 'max'],
    });
    for (const [name, { pushes, arrived, p50, p95, max }] of [
      ['without', without],
      ['with', during],
    ] as const)
      table.push([name, `${arrived} of ${pushes}`, seconds(p50), seconds(p95), seconds(max)]);
    print(table.toString());
    print(`from the acceptance of an event until its creation arrives at Luma. Load of the machine ${load()}.`);
  }
  print(
    `bulkhead: p95 ${seconds(without.p95)} without, ${seconds(during.p95)} with, ratio ${ratio.toFixed(2)} ` +
      `(goal ${RATIO_MAX})`,
  );
  return isComplete && ratio <= RATIO_MAX ? 0 : 1;
}

function toLine({ pushes, arrived, p50, p95, max }: Figures): string {
  return `${arrived} of ${pushes} arrived, p50 ${seconds(p50)}, p95 ${seconds(p95)}, max ${seconds(max)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function toRate(given: string): number {
  const rate = Number(given);
  if (rate >= 0.1 && rate <= 100) return rate;
  throw new Error('--rate must be a number from 0.1 to 100');
}
