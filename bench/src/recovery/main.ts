import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalog } from '@luma-sync/jobs';
import { type Database, enqueueOperations, openDatabase } from '@luma-sync/store';
import { load, print, readServices, runBench, stopOnSignals, tell, toCount } from '../program.js';
import { Crew } from './crew.js';

const PREFIX = '{luma-sync-bench-recovery}';
const WORKERS = 4;
const CONCURRENCY = 4;
/** Operations kept due, so that interrupted ones have to get past others. */
const BACKLOG = 60;
/** How many workers die at once, in turn; with all of them nobody is left until one has started again. */
const DEATHS = [1, WORKERS, 2, 1, 3];
const LOOK_MS = 20;
/** An operation that has not run again after so long counts as lost. */
const LOST_MS = 60_000;

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, json: { type: 'boolean', default: false } },
});
const killsMax = toCount('kills', values.kills, 1, 10_000);
const services = readServices('bench:recovery');

const stopping = stopOnSignals();

const db = openDatabase({ url: services.databaseUrl, poolMax: 3, applicationName: 'bench' });
await runBench(
  stopping,
  () => run(db, services),
  () => db.$disconnect(),
);

async function run(database: Database, urls: { databaseUrl: string; redisUrl: string }): Promise<number> {
  tell(`${killsMax} kills of ${WORKERS} workers that run ${CONCURRENCY} at once, load of the machine ${load()}`);
  const crew = new Crew({ ...urls, prefix: PREFIX, concurrency: CONCURRENCY }, WORKERS);
  let kills = 0;
  let interrupted = 0;
  try {
    for (let round = 0; kills < killsMax; round += 1) {
      const deaths = Math.min(DEATHS[round % DEATHS.length] ?? 1, killsMax - kills);
      await until(async () => {
        await keepDue(database);
        return crew.busy.length >= deaths;
      }, 'workers to be busy');
      interrupted += crew.kill(crew.busy.slice(0, deaths));
      kills += deaths;
      const isCalm = await until(async () => {
        if (crew.isCalm) return true;
        // Set aside is over as well: the third worker that dies with an operation is its last.
        const over = { in: ['done' as const, 'failed' as const] };
        const where = { id: { in: crew.awaited }, state: over };
        const ended = await database.operation.findMany({ where, select: { id: true } });
        // A beginning that is on its way to us is not to be forgotten.
        await pause(LOOK_MS);
        interrupted -= crew.settle(ended.map(({ id }) => id));
        return crew.isCalm;
      }, null);
      tell(`  ${kills} kills, ${crew.recoveriesMs.length} of ${interrupted} operations ran again`);
      if (!isCalm) break;
    }
  } finally {
    await crew.stop();
  }
  const crashed = await database.operation.count({ where: { errorCode: 'operation.crashed' } });
  return report({ kills, interrupted, crashed, recoveriesMs: crew.recoveriesMs });
}

async function keepDue(database: Database): Promise<void> {
  const due = await database.operation.count({ where: { state: 'queued' } });
  if (due >= BACKLOG) return;
  const requests = Array.from({ length: BACKLOG }, () => ({
    payload: { eventId: randomUUID() },
    trigger: 'manual' as const,
    actor: 'bench',
  }));
  await enqueueOperations(database, catalog['event.push'], requests);
}

/** @returns false when it took too long; throws then if `what` names it. */
async function until(condition: () => Promise<boolean>, what: string | null): Promise<boolean> {
  const giveUpAt = performance.now() + LOST_MS;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) {
      if (what === null) return false;
      throw new Error(`waited ${LOST_MS / 1_000} s for ${what}`);
    }
    await pause(LOOK_MS, undefined, { signal: stopping.signal });
  }
  return true;
}

interface Result {
  kills: number;
  interrupted: number;
  crashed: number;
  recoveriesMs: readonly number[];
}

function report({ kills, interrupted, crashed, recoveriesMs }: Result): number {
  const sorted = [...recoveriesMs].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(Math.ceil(share * sorted.length), sorted.length) - 1] ?? 0) / 1_000;
  const figures = { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  const lost = interrupted - sorted.length;
  if (values.json) print(JSON.stringify({ kills, interrupted, lost, crashed, seconds: figures }));
  else
    print(
      `from the kill until the operation runs again, in another process or a new one. Load of the machine ${load()}.`,
    );
  const [p50, p95, p99, max] = Object.values(figures).map((seconds) => `${seconds.toFixed(1)} s`);
  print(
    `recovery: ${kills} kills, ${interrupted} operations interrupted, ${lost} lost, ${crashed} set aside, p50 ` +
      `${p50}, p95 ${p95}, p99 ${p99}, max ${max}`,
  );
  return lost === 0 ? 0 : 1;
}
