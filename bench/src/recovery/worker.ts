/**
 * One worker process of the recovery bench, with the times of production. Its handler only waits for a while; the parent hears when an operation
 * begins and ends here.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { done, toJobError } from '@luma-sync/jobs';
import { connectRedis, DEFAULT_RUN_SETTINGS, OperationWorker } from '@luma-sync/queue';
import { fromPrismaError, openDatabase } from '@luma-sync/store';
import { createLedger } from '@luma-sync/worker';
import type { WorkerMessage, WorkerSettings } from './crew.js';

const { databaseUrl, redisUrl, prefix, concurrency } = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const tell = (message: WorkerMessage) => process.send?.(message);
const quiet = (): void => undefined;

const worker = new OperationWorker({
  queue: 'events',
  connection: connectRedis(redisUrl, 'waiting', 'bench-worker'),
  prefix,
  concurrency,
  ledger: createLedger(openDatabase({ url: databaseUrl, poolMax: concurrency + 2, applicationName: 'bench-worker' })),
  handlers: {
    'event.push': async (_payload, { operationId, signal }) => {
      tell({ kind: 'began', operationId });
      await pause(300 + Math.random() * 1_700, undefined, { signal });
      tell({ kind: 'ended', operationId });
      return done();
    },
  },
  classify: (thrown) => toJobError(fromPrismaError(thrown)),
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  settings: DEFAULT_RUN_SETTINGS,
});
worker.start();
tell({ kind: 'ready' });
// Nobody would end this process if the bench itself were killed.
process.once('disconnect', () => process.exit());
