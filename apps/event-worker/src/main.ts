import { parseConfig, runMain } from '@luma-sync/runtime';
import { runWorkerMain, workerEnvironment } from '@luma-sync/worker';
import { eventWorker } from './event-worker.js';

await runMain('event-worker', async () => {
  await runWorkerMain(eventWorker, parseConfig(workerEnvironment, process.env), import.meta.url);
});
