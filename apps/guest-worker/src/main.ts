import { parseConfig, runMain } from '@luma-sync/runtime';
import { runWorkerMain, workerEnvironment } from '@luma-sync/worker';
import { guestWorker } from './guest-worker.js';

await runMain('guest-worker', async () => {
  await runWorkerMain(guestWorker, parseConfig(workerEnvironment, process.env), import.meta.url);
});
