import { parseConfig, runMain } from '@luma-sync/runtime';
import { startWorker, workerEnvironment } from '@luma-sync/worker';
import { driftWorker } from './drift-worker.js';

await runMain('drift-worker', async () => {
  await startWorker(driftWorker, parseConfig(workerEnvironment, process.env));
});
