import { parseConfig, runMain } from '@luma-sync/runtime';
import { runWorkerMain, workerEnvironment } from '@luma-sync/worker';
import { driftWorker } from './drift-worker.js';

await runMain('drift-worker', async () => {
  await runWorkerMain(driftWorker, parseConfig(workerEnvironment, process.env), import.meta.url);
});
