import { join } from 'node:path';
import { createRandom } from '@luma-sync/testkit';
import { findDuplicated } from './judge/find-duplicated.js';
import { findLost } from './judge/find-lost.js';
import { findMails } from './judge/find-mails.js';
import { readSides } from './judge/read-sides.js';
import type { Verdict } from './judge/verdict.js';
import { planFaults } from './plan/faults.js';
import { type Load, planLoad } from './plan/load.js';
import { eventKey } from './plan/names.js';
import { Book } from './play/book.js';
import { operate } from './play/operator.js';
import { playLoad } from './play/play-load.js';
import { type Recovery, RecoveryWatch } from './play/recovery.js';
import { Strikes, strikeAll } from './play/strike.js';
import { toEvent } from './play/to-event.js';
import { BUDGET, openWorld, type World } from './world/open-world.js';
import { Outages } from './world/outages.js';
import type { Postgres } from './world/postgres.js';

export interface SeedOptions {
  seed: number;
  minutes: number;
  load: number;
  dir: string;
  postgres: Postgres | null;
  signal: AbortSignal;
  tell: (line: string) => void;
}

export interface SeedResult {
  seed: number;
  verdict: Verdict;
  recoveries: readonly Recovery[];
  strikes: Strikes;
  book: Book;
  replayed: number;
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

/** One seed from its empty database to its verdict. @throws when it could not be carried out at all. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { seed, minutes, dir, postgres, signal, tell } = options;
  const startedAt = performance.now();
  const durationMs = minutes * 60_000;
  // Two streams: another load must not change what breaks.
  const load = planLoad(createRandom(seed * 2 + 1), durationMs, options.load);
  const faults = planFaults(createRandom(seed * 2), { durationMs, hasPostgres: postgres !== null });
  const mayMailOnRsvp = seed % 2 === 1;
  const world = await openWorld({
    seed,
    logDir: join(dir, `seed-${seed}`),
    concurrency: load.concurrency,
    mayMailOnRsvp,
  });
  let isDatabaseKept = true;
  try {
    const book = new Book();
    const outages = new Outages();
    const strikes = new Strikes();
    const recovery = new RecoveryWatch(world.sql, outages, world.supervisor);
    await fillPool(world, load);
    tell(`seed ${seed}: ${load.acts.length} acts and ${faults.length} faults in ${minutes} min`);
    await Promise.all([
      playLoad(load, world, book, signal),
      strikeAll(faults, { world, postgres, outages, recovery, strikes }, signal),
    ]);
    signal.throwIfAborted();
    await world.luma.liftFaults();
    await world.luma.mailbox.liftFaults();
    await world.luma.change({ webhooks: { lossProbability: 0 } });
    await world.supervisor.untilAllReady();
    await recovery.finished();
    const since = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
    tell(`seed ${seed}: faults are over after ${since()}, waiting for calm`);
    const operated = await operate(load, world, CALM_LIMIT_MS, signal);
    signal.throwIfAborted();
    tell(`seed ${seed}: calm after ${since()}, comparing both sides`);
    const sides = await readSides(world);
    const mails = findMails(load, book, sides, mayMailOnRsvp);
    const { breaches, maxInAnyWindow, requests } = sides.counters;
    const verdict: Verdict = {
      lost: [
        ...operated.stillOpen,
        ...operated.deadLetters,
        ...recovery.missed.map((operation) => `${operation} did not run again within five minutes`),
        ...findLost(load, book, sides),
        ...mails.missing,
      ],
      duplicated: findDuplicated(load, book, sides),
      unwantedMails: mails.unwanted,
      overBudget: toOverBudget(breaches, maxInAnyWindow),
    };
    isDatabaseKept = Object.values(verdict).some((lines) => lines.length > 0);
    return {
      seed,
      verdict,
      recoveries: recovery.recoveries,
      strikes,
      book,
      replayed: operated.replayed,
      leftToPerson: operated.leftToPerson,
      surprises: world.supervisor.surprises,
      requests,
      maxInAnyWindow,
      couponMails: sides.mailbox.length,
      durationMs: performance.now() - startedAt,
      database: world.database.name,
    };
  } finally {
    await world.close({ isDatabaseKept });
  }
}

/** Codes for everybody, before anything breaks. */
async function fillPool({ app }: World, { events }: Load): Promise<void> {
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
