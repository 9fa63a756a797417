/**
 * One worker process of the memory bench: takes jobs of every queue and runs operations by the real runner, with
 * handlers that have no effect. One run in fifty is put off, one in a hundred fails for good, so that every list in
 * Redis is used.
 */
import {
  catalog,
  done,
  type JobContext,
  type Outcome,
  PermanentError,
  RetryableError,
  toJobError,
} from '@luma-sync/jobs';
import { connectRedis, DEFAULT_RUN_SETTINGS, disconnectRedis, OperationWorker, QUEUE_NAMES } from '@luma-sync/queue';
import { createLedger, fromPrismaError, openDatabase } from '@luma-sync/store';

import { createLeanLedger } from './lean-ledger.js';
import type { Settings } from './processes.js';

const { databaseUrl, redisUrl, prefix, concurrency, isLean } = JSON.parse(process.argv[2] ?? '{}') as Settings;

async function handle(_payload: unknown, { operationId, attempt }: JobContext): Promise<Outcome> {
  const draw = Number.parseInt(operationId.slice(-4), 16) % 100;
  if (draw === 0) throw new PermanentError('luma.rejected', 'one in a hundred fails for good');
  if (draw <= 2 && attempt === 1) throw new RetryableError('luma.unavailable', 'two in a hundred are put off');
  return done();
}

const db = openDatabase({ url: databaseUrl, poolMax: concurrency + 4, applicationName: 'bench-worker' });
const ledger = isLean ? createLeanLedger(db) : createLedger(db);
const quiet = (): void => undefined;
const connection = connectRedis(redisUrl, 'waiting', 'bench-worker');
const workers = QUEUE_NAMES.map(
  (queue) =>
    new OperationWorker({
      queue,
      connection,
      prefix,
      concurrency,
      ledger,
      handlers: Object.fromEntries(Object.keys(catalog).map((job) => [job, handle])),
      classify: (thrown) => toJobError(fromPrismaError(thrown)),
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      settings: DEFAULT_RUN_SETTINGS,
    }),
);
for (const worker of workers) worker.start();
process.send?.('ready');

process.once('disconnect', () => {
  void Promise.all(workers.map((worker) => worker.close(2_000)))
    .then(() => Promise.all([disconnectRedis(connection), db.$disconnect()]))
    .finally(() => process.exit(0));
});
