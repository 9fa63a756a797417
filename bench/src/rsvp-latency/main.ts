/**
 * How long a person's RSVP takes to Luma while guest pulls saturate the budget: from the commit that accepts it to its
 * arrival, with and without the round trips of its push.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { putRsvp } from '@luma-sync/application';
import { catalog } from '@luma-sync/jobs';
import { type Database, enqueueOperation, openDatabase, retryingTransaction } from '@luma-sync/store';
import { load, print, readServices, runBench, stopOnSignals, tell } from '../program.js';
import type { Scenario } from '../scenario.js';
import { type Counted, startSimulator } from '../simulator.js';
import { type Accepted, percentileSeconds, toLatencies } from './latencies.js';
import { createEvents, type StageEvent, startProcesses } from './stage.js';
import { openWatchedRoad } from './watched-road.js';

const LIMIT = 200;
const HEADROOM = 10;
const WINDOW_MS = 60_000;
const ROUND_TRIP_MAX_MS = 3_000;
const WORKERS = 4;
const EVENTS = 20;
const GUESTS = 2_000;
/** Mean pause between two people, over all events. */
const PERSON_EVERY_MS = 4_000;
/** What was accepted last has this long to arrive. */
const LAST_ARRIVAL_MS = 60_000;
const LOOK_MS = 500;

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
/** After the first window, which starts from an empty budget. */
const measuredMs = WINDOW_MS * (values.quick ? 1 : 4);
const services = readServices('bench:rsvp-latency');

const stopping = stopOnSignals();
// Every pause listens to it.
setMaxListeners(0, stopping.signal);

const db = openDatabase({ url: services.databaseUrl, poolMax: 5, applicationName: 'bench' });
const closers: (() => Promise<void> | void)[] = [() => db.$disconnect()];
await runBench(
  stopping,
  () => run(services),
  async () => {
    for (const close of closers.reverse()) await close();
  },
);

async function run(urls: { databaseUrl: string; redisUrl: string }): Promise<number> {
  const { signal } = stopping;
  tell(`${EVENTS} pulls of ${GUESTS}, ${WORKERS} guest workers, load of the machine ${load()}`);
  const budget = { limit: LIMIT, windowMs: WINDOW_MS, lockoutMs: WINDOW_MS } as Scenario;
  const simulator = await startSimulator(budget, signal);
  closers.push(() => simulator.close());
  const road = await openWatchedRoad(simulator, ROUND_TRIP_MAX_MS);
  closers.push(() => road.close());
  const processes = startProcesses({ ...urls, port: road.port, limit: LIMIT, headroom: HEADROOM, workers: WORKERS });
  closers.push(() => processes.stop());
  const events = await createEvents(db, simulator, { events: EVENTS, guests: GUESTS, signal });
  const over = new AbortController();
  const pulls = keepPulling(db, events, AbortSignal.any([signal, over.signal]));
  await pause(WINDOW_MS, undefined, { signal });
  tell('  the budget is saturated; people answer from now on');
  const before = { ...(await simulator.count()), at: performance.now() };
  const accepted = await letPeopleAnswer(db, events, before.at + measuredMs, signal);
  const after = { ...(await simulator.count()), at: performance.now() };
  const giveUpAt = performance.now() + LAST_ARRIVAL_MS;
  const isArrived = ({ email }: Accepted) => road.seen.addedAt.has(email);
  while (!accepted.every(isArrived) && performance.now() < giveUpAt) await pause(LOOK_MS, undefined, { signal });
  over.abort();
  await pulls;
  const use = (after.allowed - before.allowed) / (((LIMIT - HEADROOM) * (after.at - before.at)) / WINDOW_MS);
  return report(accepted, toLatencies(accepted, road.seen), { use, counted: await simulator.count() });
}

/** A pull of every event is always due: another one follows each that ended. */
async function keepPulling(database: Database, events: readonly StageEvent[], signal: AbortSignal): Promise<void> {
  const all = { assignCoupons: false, sendEmails: false, approvalStatus: null };
  while (!signal.aborted) {
    const open = await database.operation.findMany({
      where: { job: 'guest.pull', state: { in: ['queued', 'running'] } },
      select: { payload: true },
    });
    const busy = new Set(open.map(({ payload }) => (payload as { eventId: string }).eventId));
    for (const { eventId } of events.filter(({ eventId }) => !busy.has(eventId)))
      await enqueueOperation(
        database,
        catalog['guest.pull'],
        { eventId, ...all },
        { trigger: 'scheduled', actor: 'bench', eventId },
      );
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** At random moments and events; nobody answers twice. */
async function letPeopleAnswer(
  database: Database,
  events: readonly StageEvent[],
  until: number,
  signal: AbortSignal,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (;;) {
    await pause(Math.min(-Math.log(1 - Math.random()) * PERSON_EVERY_MS, until - performance.now()), undefined, {
      signal,
    });
    if (performance.now() >= until - 1) return accepted;
    const event = events[Math.floor(Math.random() * events.length)] as StageEvent;
    const person = `person-${accepted.length}`;
    const email = `${person}@example.org`;
    const rsvp = { name: person, email, phone: null, status: 'going' as const };
    const stored = await retryingTransaction(database, (tx) =>
      putRsvp(tx, { eventKey: event.key, personKey: person }, rsvp, 'bench'),
    );
    if (stored.kind !== 'stored') throw new Error(`the answer was not stored: ${stored.kind}`);
    accepted.push({ email, lumaEventId: event.lumaEventId, acceptedAt: performance.now() });
  }
}

function report(
  accepted: readonly Accepted[],
  latencies: ReturnType<typeof toLatencies>,
  { use, counted }: { use: number; counted: Counted },
): number {
  const of = (valuesMs: readonly number[]) => ({
    p50: percentileSeconds(valuesMs, 0.5),
    p95: percentileSeconds(valuesMs, 0.95),
    p99: percentileSeconds(valuesMs, 0.99),
  });
  const total = of(latencies.map(({ totalMs }) => totalMs));
  const net = of(latencies.map(({ netMs }) => netMs));
  const lost = accepted.length - latencies.length;
  if (values.json)
    print(JSON.stringify({ answers: accepted.length, lost, total, net, use, breaches: counted.breaches }));
  const line = ({ p50, p95, p99 }: typeof total) =>
    `p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s, p99 ${p99.toFixed(1)} s`;
  print(`from the commit to the arrival at Luma, round trips included: ${line(total)}. Load of the machine ${load()}.`);
  print(
    `rsvp-latency: ${accepted.length} answers, ${lost} lost, without round trips ${line(net)}, use ` +
      `${(100 * use).toFixed(1)} %, over ${counted.breaches}`,
  );
  return lost === 0 && counted.breaches === 0 ? 0 : 1;
}
