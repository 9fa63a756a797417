import { parseConfig, runMain } from '@luma-sync/runtime';
import { startWorker, workerEnvironment } from '@luma-sync/worker';
import { guestWorker } from './guest-worker.js';

await runMain('guest-worker', async () => {
  await startWorker(guestWorker, parseConfig(workerEnvironment, process.env));
});
