import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { QUEUE_NAMES } from '@luma-sync/queue';
import { type Database, openDatabase } from '@luma-sync/store';
import Table from 'cli-table3';
import { load, print, readServices, runBench, stopOnSignals, tell, toCount } from '../program.js';
import { countEndings, countUnfinished, storeBacklog } from './backlog.js';
import { startProcesses } from './processes.js';
import { measureRedis, openRedis, type RedisUse } from './redis-memory.js';

const PREFIX = '{luma-sync-bench-memory}';
const LOOK_MS = 1_000;
/** After the last operation: whether what was used is given back. */
const REST_MS = 15_000;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '50000' },
    workers: { type: 'string', default: '2' },
    concurrency: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '90' },
    lean: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const settings = {
  operations: toCount('operations', values.operations, 100, 10_000_000),
  workers: toCount('workers', values.workers, 1, 16),
  concurrency: toCount('concurrency', values.concurrency, 1, 100),
  minutes: toCount('minutes', values.minutes, 1, 24 * 60),
};
const services = readServices('bench:memory');

const stopping = stopOnSignals();

interface Sample extends RedisUse {
  seconds: number;
  finished: number;
}

const db = openDatabase({
  url: services.databaseUrl,
  poolMax: 3,
  statementTimeoutMs: 10 * 60_000,
  applicationName: 'bench',
});
const redis = openRedis(services.redisUrl);
await runBench(
  stopping,
  () => run(db, services),
  async () => {
    redis.disconnect();
    await db.$disconnect();
  },
);

async function run(database: Database, urls: { databaseUrl: string; redisUrl: string }): Promise<number> {
  const { operations, workers, concurrency, minutes } = settings;
  tell(
    `${operations} operations, ${workers} workers that run ${concurrency} at once for each queue, load of the ` +
      `machine ${load()}${values.lean ? ', lean ledger' : ''}`,
  );
  await storeBacklog(database, operations, stopping.signal);
  tell('all of them are due; relay and workers begin');
  await redis.config('RESETSTAT');
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const look = async (finished: number): Promise<Sample> => ({
    ...(await measureRedis(redis, PREFIX, QUEUE_NAMES)),
    seconds: seconds(),
    finished,
  });
  const processes = await startProcesses({ ...urls, prefix: PREFIX, concurrency, isLean: values.lean }, workers);
  const samples: Sample[] = [];
  let mostJobs = 0;
  let nextTell = 0;
  try {
    for (let unfinished = operations; unfinished > 0; ) {
      stopping.signal.throwIfAborted();
      const problem = processes.problem();
      if (problem !== null) throw new Error(problem);
      if (seconds() > minutes * 60) {
        tell(`${unfinished} operations are left after ${minutes} minutes (--minutes): so far`);
        break;
      }
      await pause(LOOK_MS, undefined, { signal: stopping.signal });
      unfinished = await countUnfinished(database);
      const sample = await look(operations - unfinished);
      samples.push(sample);
      mostJobs = Math.max(mostJobs, sample.jobs);
      if (sample.finished >= nextTell) {
        tell(toLine(sample));
        nextTell = sample.finished + operations / 20;
      }
    }
    const tookSeconds = seconds();
    await pause(REST_MS, undefined, { signal: stopping.signal });
    const after = await look(operations - (await countUnfinished(database)));
    return report(database, { samples, after, mostJobs, tookSeconds });
  } finally {
    await processes.stop();
  }
}

interface Result {
  samples: readonly Sample[];
  after: Sample;
  mostJobs: number;
  tookSeconds: number;
}

async function report(database: Database, { samples, after, mostJobs, tookSeconds }: Result): Promise<number> {
  const endings = await countEndings(database);
  const perSecond = (samples.at(-1)?.finished ?? 0) / tookSeconds;
  const quarters = [0.25, 0.5, 0.75, 1].map(
    (share) => samples.find(({ finished }) => finished >= share * settings.operations) ?? after,
  );
  if (values.json) {
    print(
      JSON.stringify({ settings: { ...settings, isLean: values.lean }, endings, perSecond, mostJobs, quarters, after }),
    );
  } else {
    const table = new Table({
      style: { head: [], border: [] },
      head: ['finished', 'after s', 'used MB', 'peak MB so far', 'keys', 'jobs waiting'],
    });
    for (const sample of quarters) table.push(toRow(`${sample.finished}`, sample));
    table.push(toRow(`${REST_MS / 1_000} s later`, after));
    print(table.toString());
    print(
      `ended: ${endings.done} done, ${endings.failed} failed as they should, ${endings.open} open, ` +
        `${endings.crashed} with a crash`,
    );
    print(`most jobs that waited in Redis at once: ${mostJobs}. Load of the machine ${load()}.`);
  }
  print(
    `memory: ${after.finished} operations, peak ${after.peakMb.toFixed(1)} MB, level ${after.usedMb.toFixed(1)} ` +
      `MB, ${after.keys} keys left, ${perSecond.toFixed(0)} operations/s`,
  );
  return endings.open === 0 ? 0 : 1;
}

function toRow(name: string, { seconds, usedMb, peakMb, keys, jobs }: Sample): string[] {
  return [name, seconds.toFixed(0), usedMb.toFixed(1), peakMb.toFixed(1), String(keys), String(jobs)];
}

function toLine({ finished, seconds, usedMb, jobs }: Sample): string {
  return (
    `  ${seconds.toFixed(0).padStart(5)} s  ${String(finished).padStart(8)} finished  ${usedMb.toFixed(1)} ` +
    `MB  ${jobs} jobs wait`
  );
}
