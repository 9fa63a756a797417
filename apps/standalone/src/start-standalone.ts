import { driftWorker } from '@luma-sync/drift-worker';
import { eventWorker } from '@luma-sync/event-worker';
import { guestWorker } from '@luma-sync/guest-worker';
import { startIngress } from '@luma-sync/ingress';
import { createMailWorker } from '@luma-sync/mail-worker';
import { startRelay } from '@luma-sync/relay';
import { createLogger, runUntilSignal, Shutdown } from '@luma-sync/runtime';
import { startWorker, type WorkerApp } from '@luma-sync/worker';
import type { z } from 'zod';
import type { standaloneEnvironment } from './config.js';

/** Runs every app but the simulator in this process, for one small machine. Its health is ingress's `/readyz`. */
export async function startStandalone(
  config: z.output<typeof standaloneEnvironment>,
): Promise<{ port: number; close(): Promise<void> }> {
  const log = createLogger({ app: 'standalone', level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  // One part that cannot go on ends all of them: nobody would start that one again.
  const giveUp = runUntilSignal({ shutdown, log });
  const options = { handleSignals: false, giveUp };
  // A free port for each health server: only ingress's own is known outside.
  const background = { ...config, PORT: 0 };
  const relay = await startRelay(background, options);
  shutdown.add('relay', () => relay.close(), 15_000);
  const workers: WorkerApp[] = [eventWorker, guestWorker, driftWorker];
  const { RESEND_API_KEY, MAIL_FROM } = config;
  if (RESEND_API_KEY !== undefined && MAIL_FROM !== undefined) {
    workers.push(createMailWorker({ ...config, RESEND_API_KEY, MAIL_FROM }));
  } else {
    log.warn({}, 'RESEND_API_KEY or MAIL_FROM is not set: coupon mails wait until both are');
  }
  const started = await Promise.all(workers.map((worker) => startWorker(worker, background, options)));
  shutdown.add('workers', () => Promise.all(started.map((worker) => worker.close())), 22_000);
  const checks = Object.assign({}, ...started.map(({ finishing }) => finishing));
  const ingress = await startIngress(config, { ...options, checks });
  shutdown.add('ingress', () => ingress.close(), 5_000);
  log.info({ port: ingress.port }, 'standalone started');
  return { port: ingress.port, close: () => shutdown.run() };
}
