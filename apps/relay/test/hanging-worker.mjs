/**
 * A worker that says when it has begun an operation and then never ends it, to be killed. Started by tests as a program
 * of its own, on what a build gave; settings come as one JSON argument.
 */
import { toJobError } from '../../../packages/jobs/dist/index.js';
import { connectRedis, DEFAULT_RUN_SETTINGS, OperationWorker } from '../../../packages/queue/dist/index.js';
import { createLedger, openDatabase } from '../../../packages/store/dist/index.js';

const { databaseUrl, redisUrl, prefix, leaseMs, takeOver } = JSON.parse(process.argv[2] ?? '{}');
const quiet = () => undefined;
const worker = new OperationWorker({
  queue: 'events',
  connection: connectRedis(redisUrl, 'waiting', 'hanging-worker'),
  prefix,
  concurrency: 5,
  ledger: createLedger(openDatabase({ url: databaseUrl, poolMax: 5 })),
  handlers: {
    'event.push': (_payload, ctx) => {
      process.stdout.write(`began ${ctx.operationId}\n`);
      return new Promise(() => undefined);
    },
  },
  classify: toJobError,
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  settings: { ...DEFAULT_RUN_SETTINGS, leaseMs },
  takeOver,
});
worker.start();
process.stdout.write('ready\n');
