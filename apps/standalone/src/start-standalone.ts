import { driftWorker } from '@luma-sync/drift-worker';
import { eventWorker } from '@luma-sync/event-worker';
import { guestWorker } from '@luma-sync/guest-worker';
import { startIngress } from '@luma-sync/ingress';
import { createMailWorker, hasMailProvider } from '@luma-sync/mail-worker';
import { startRelay } from '@luma-sync/relay';
import { createLogger, runUntilSignal, Shutdown } from '@luma-sync/runtime';
import { type RunningWorker, startWorker, type WorkerApp } from '@luma-sync/worker';
import type { z } from 'zod';
import type { standaloneEnvironment } from './config.js';

type Environment = z.output<typeof standaloneEnvironment>;

/** The worker apps that this configuration runs. */
export function toWorkerApps(config: Environment): WorkerApp[] {
  const { MAIL_FROM } = config;
  const apps: WorkerApp[] = [eventWorker, guestWorker, driftWorker];
  if (MAIL_FROM !== undefined && hasMailProvider(config)) apps.push(createMailWorker({ ...config, MAIL_FROM }));
  return apps;
}

/** Runs every app but the simulator in this process, for one small machine. Its health is ingress's `/readyz`. */
export async function startStandalone(
  config: Environment,
  options: { /** This program: started once more, it runs isolated operations. */ main?: string } = {},
): Promise<{ port: number; close(): Promise<void> }> {
  const log = createLogger({ app: 'standalone', level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  // One part that cannot go on ends all of them: nobody would start that one again.
  const started: RunningWorker[] = [];
  const onFault = (): void => {
    for (const worker of started) worker.suspectRuns();
  };
  const giveUp = runUntilSignal({ shutdown, log, onFault });
  const parts = { handleSignals: false, giveUp };
  // A free port for each health server: only ingress's own is known outside.
  const background = { ...config, PORT: 0 };
  const relay = await startRelay(background, parts);
  shutdown.add('relay', () => relay.close(), 15_000);
  const workers = toWorkerApps(config);
  if (!workers.some(({ queue }) => queue === 'mail'))
    log.warn({}, 'RESEND_API_KEY (or MAIL_PROVIDER and SMTP_URL) or MAIL_FROM is not set: coupon mails wait');
  const main = options.main;
  const toRunning = (worker: WorkerApp) =>
    // All workers share one small machine: one child process for each is enough.
    startWorker(worker, background, { ...parts, aloneProcesses: 1, ...(main === undefined ? {} : { main }) });
  started.push(...(await Promise.all(workers.map(toRunning))));
  shutdown.add('workers', () => Promise.all(started.map((worker) => worker.close())), 22_000);
  const checks = Object.assign({}, ...started.map(({ finishing }) => finishing));
  const ingress = await startIngress(config, {
    ...parts,
    checks,
    metrics: [relay.metrics, ...started.map(({ metrics }) => metrics)],
  });
  shutdown.add('ingress', () => ingress.close(), 5_000);
  log.info({ port: ingress.port }, 'standalone started');
  return { port: ingress.port, close: () => shutdown.run() };
}
