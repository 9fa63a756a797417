import { parseConfig, runMain } from '@luma-sync/runtime';
import { startWorker, workerEnvironment } from '@luma-sync/worker';
import { eventWorker } from './event-worker.js';

await runMain('event-worker', async () => {
  await startWorker(eventWorker, parseConfig(workerEnvironment, process.env));
});
