import { createRandom, waitFor } from '@luma-sync/testkit';
import { startBusyLoops } from './environment/busy-loops.js';
import { BUDGET, type Environment, openEnvironment } from './environment/open-environment.js';
import { findOrphans } from './environment/orphans.js';
import { Outages } from './environment/outages.js';
import type { Postgres } from './environment/postgres.js';
import { findDuplicated } from './invariants/find-duplicated.js';
import { findLost } from './invariants/find-lost.js';
import { findMails } from './invariants/find-mails.js';
import { findLastError, findParked, type PoisonTrace } from './invariants/find-parked.js';
import { readSides } from './invariants/read-sides.js';
import { isCleanVerdict, type Verdict } from './invariants/verdict.js';
import type { Mode } from './options.js';
import { planFaults } from './plan/faults.js';
import { type Load, planLoad } from './plan/load.js';
import { eventKey } from './plan/names.js';
import { type Poison, planPoison } from './plan/poison.js';
import { PROFILES } from './plan/profiles.js';
import { withPoison } from './plan/with-poison.js';
import { Book } from './play/book.js';
import { Injected, injectAll } from './play/inject.js';
import { ParkedWatch } from './play/parked-watch.js';
import { playLoad } from './play/play-load.js';
import { listDone, watchPoison } from './play/poison-trace.js';
import { type Recovery, RecoveryWatch } from './play/recovery.js';
import { waitForRest } from './play/rest.js';
import { toEvent } from './play/to-event.js';

export interface SeedOptions {
  seed: number;
  mode: Mode;
  minutes: number;
  load: number;
  hasPoison: boolean;
  spoilOneIn: number;
  dir: string;
  postgres: Postgres | null;
  signal: AbortSignal;
  tell: (line: string) => void;
}

export interface SeedResult {
  seed: number;
  mode: Mode;
  verdict: Verdict;
  recoveries: readonly Recovery[];
  injected: Injected;
  book: Book;
  /** Null: the run had none. */
  poison: Poison | null;
  trace: PoisonTrace;
  /** Operations that ran in the process that the poison killed first; null when that could not be seen. */
  besidePoison: number | null;
  leftToPerson: readonly string[];
  surprises: readonly string[];
  requests: number;
  maxInAnyWindow: number;
  couponMails: number;
  durationMs: number;
  database: string;
}

/** How long both sides may take to come to rest: longer than the backoff after several failures in a row. */
const CALM_LIMIT_MS = 600_000;
/** The app goes on for a while after the last fault, since its commands are late. */
const STARVED_BEYOND_MS = 120_000;
/** A process whose parent is gone hands its work back first. */
const ORPHAN_LIMIT_MS = 30_000;

/** One seed from its empty database to its verdict. @throws when it could not be carried out at all. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { seed, dir } = options;
  const startedAt = performance.now();
  const plan = planSeed(options);
  const environment = await openEnvironment({
    seed,
    logDir: dir,
    concurrency: plan.load.concurrency,
    mayMailOnRsvp: plan.mayMailOnRsvp,
    poison: plan.poison,
  });
  let isDatabaseKept = true;
  try {
    const played = await playSeed(options, plan, environment, startedAt);
    const { sides, ...judged } = await judgeSeed(plan, environment, played);
    isDatabaseKept = !isCleanVerdict(judged.verdict);
    return {
      seed,
      mode: options.mode,
      ...judged,
      recoveries: played.recovery.recoveries,
      injected: played.injected,
      book: played.book,
      poison: plan.poison,
      besidePoison: played.beside.count,
      leftToPerson: played.rest.leftToPerson,
      surprises: environment.supervisor.surprises,
      requests: sides.counters.requests,
      maxInAnyWindow: sides.counters.maxInAnyWindow,
      couponMails: sides.mailbox.length,
      durationMs: performance.now() - startedAt,
      database: environment.database.name,
    };
  } finally {
    await environment.close({ isDatabaseKept });
  }
}

type SeedPlan = ReturnType<typeof planSeed>;

/** All that is drawn from the seed. */
function planSeed({ seed, mode, minutes, load: loadFactor, hasPoison, postgres }: SeedOptions) {
  const durationMs = minutes * 60_000;
  const poison = hasPoison ? planPoison(seed) : null;
  // Two streams: another load must not change what breaks.
  const innocent = planLoad(createRandom(seed * 2 + 1), durationMs, loadFactor);
  const load = poison === null ? innocent : withPoison(innocent, poison, durationMs);
  const profile = PROFILES[mode.profile];
  const faults = planFaults(createRandom(seed * 2), { durationMs, hasPostgres: postgres !== null, profile });
  return { durationMs, poison, load, faults, mayMailOnRsvp: seed % 2 === 1 };
}

type Played = Awaited<ReturnType<typeof playSeed>>;

/** Plays load and faults, and waits until both sides are at rest. */
async function playSeed(options: SeedOptions, plan: SeedPlan, environment: Environment, startedAt: number) {
  const { seed, mode, minutes, postgres, signal, tell } = options;
  const { load, faults } = plan;
  const book = new Book();
  const outages = new Outages();
  const injected = new Injected();
  const recovery = new RecoveryWatch(environment.sql, outages, environment.supervisor);
  const parkedWatch = new ParkedWatch(environment.sql);
  const beside = watchPoison(environment, recovery);
  await fillPool(environment, load);
  tell(`seed ${seed}: ${load.acts.length} acts and ${faults.length} faults in ${minutes} min`);
  await environment.luma.change({ spoiled: { oneIn: options.spoilOneIn } });
  const stopBusyLoops = mode.isStarved ? startBusyLoops(plan.durationMs + STARVED_BEYOND_MS) : () => {};
  try {
    await Promise.all([
      playLoad(load, environment, book, signal),
      injectAll(faults, { environment, postgres, outages, recovery, injected }, signal),
    ]);
  } finally {
    stopBusyLoops();
  }
  signal.throwIfAborted();
  await endFaults(environment);
  await recovery.finished();
  const since = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
  tell(`seed ${seed}: faults are over after ${since()}, waiting for calm`);
  const rest = await waitForRest(load, environment, CALM_LIMIT_MS, signal);
  signal.throwIfAborted();
  tell(`seed ${seed}: calm after ${since()}, comparing both sides`);
  return { book, injected, recovery, parkedWatch, beside, rest };
}

async function endFaults({ luma, supervisor }: Environment): Promise<void> {
  await luma.clearFaults();
  await luma.mailbox.clearFaults();
  await luma.change({ webhooks: { lossProbability: 0 }, spoiled: { oneIn: 0 } });
  await supervisor.untilAllReady();
}

/** Compares both sides, and holds them against every invariant. */
async function judgeSeed(plan: SeedPlan, environment: Environment, { book, recovery, parkedWatch, rest }: Played) {
  const { load, poison, mayMailOnRsvp } = plan;
  const sides = await readSides(environment);
  const mails = findMails(load, book, sides, mayMailOnRsvp);
  const { breaches, maxInAnyWindow, outsideDocument } = sides.counters;
  const trace: PoisonTrace = {
    deathsAt: environment.preload.deaths().map(({ at }) => at),
    parked: await parkedWatch.end(),
    lastError: findLastError(poison, sides.ours),
    done: poison === null ? [] : await listDone(environment, poison),
  };
  const verdict: Verdict = {
    lost: [
      ...rest.stillOpen,
      ...rest.deadLetters,
      ...recovery.missed.map((operation) => `${operation} did not run again within five minutes`),
      ...findLost(load, book, sides),
      ...mails.missing,
    ],
    duplicated: findDuplicated(load, book, sides),
    unwantedMails: mails.unwanted,
    overBudget: toOverBudget(breaches, maxInAnyWindow),
    outsideDocument: await listOutside(environment, outsideDocument),
    ...findParked(poison, trace),
    orphans: await findOrphansAtRest(environment),
  };
  return { verdict, trace, sides };
}

/** Codes for everybody, before anything breaks. */
async function fillPool({ app }: Environment, { events }: Load): Promise<void> {
  const withCoupons = events.filter(({ role }) => role === 'coupons');
  // A pool names events that exist.
  for (const { number } of withCoupons) await app.events.put(eventKey(number), toEvent(number));
  const pool = await app.couponPools.create({
    name: 'Welcome drink',
    events: withCoupons.map(({ number }) => eventKey(number)),
  });
  const codes = Array.from({ length: 5_000 }, (_, number) => `CHAOS-${String(number).padStart(5, '0')}`);
  await app.couponPools.import(pool.id, `code\n${codes.join('\n')}\n`);
}

function toOverBudget(breaches: number, maxInAnyWindow: number): string[] {
  const lines = Array.from(
    { length: breaches },
    (_, index) => `breach ${index + 1}: a request when the window was full`,
  );
  if (lines.length === 0 && maxInAnyWindow > BUDGET.limit) lines.push(`${maxInAnyWindow} requests in one window`);
  return lines;
}

/** One line each; of the oldest of many the count alone is known. */
async function listOutside({ luma }: Environment, count: number): Promise<string[]> {
  const entries = count === 0 ? [] : await luma.outside();
  const lines = entries.map(({ method, path, problems }) => `${method} ${path}: ${problems.join('; ')}`);
  return [...lines, ...Array.from({ length: count - lines.length }, () => 'another request')];
}

async function findOrphansAtRest({ preload }: Environment): Promise<string[]> {
  const find = () => findOrphans(preload.processes());
  await waitFor(() => find().length === 0, { what: 'orphans to end', limitMs: ORPHAN_LIMIT_MS }).catch(() => {});
  return find().map(({ pid }) => `process ${pid} runs on, although the worker that started it is gone`);
}
