import { parseConfig, runMain } from '@luma-sync/runtime';
import { runWorkerMain } from '@luma-sync/worker';
import { mailWorkerEnvironment, smtpWorkerEnvironment } from './config.js';
import { createMailWorker } from './mail-worker.js';

await runMain('mail-worker', async () => {
  const isSmtp = process.env.MAIL_PROVIDER === 'smtp';
  const config = parseConfig(isSmtp ? smtpWorkerEnvironment : mailWorkerEnvironment, process.env);
  await runWorkerMain(createMailWorker(config), config, import.meta.url);
});
