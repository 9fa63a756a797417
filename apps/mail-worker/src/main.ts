import { parseConfig, runMain } from '@luma-sync/runtime';
import { runWorkerMain } from '@luma-sync/worker';
import { mailWorkerEnvironment } from './config.js';
import { createMailWorker } from './mail-worker.js';

await runMain('mail-worker', async () => {
  const config = parseConfig(mailWorkerEnvironment, process.env);
  await runWorkerMain(createMailWorker(config), config, import.meta.url);
});
