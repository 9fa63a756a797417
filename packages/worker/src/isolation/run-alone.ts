import { DEFAULT_RUN_SETTINGS, type RunSettings, runOperation } from '@luma-sync/queue';
import { createLogger, Shutdown } from '@luma-sync/runtime';
import type { WorkerEnvironment } from '../config.js';
import { openWorkerParts } from '../parts.js';
import { toRunDeps } from '../run-deps.js';
import type { WorkerApp } from '../start-worker.js';
import { ALONE_ARGUMENT, type FromChild, type ToChild } from './messages.js';

/** The worker app for which this process shall run isolated operations, or null when it was started for itself. */
export function findAloneApp(argv: readonly string[] = process.argv): string | null {
  const [argument, app] = argv.slice(2);
  return argument === ALONE_ARGUMENT ? (app ?? null) : null;
}

/**
 * Longer than beside others: nobody waits for the lease of a run alone, since its parent reports a death at once. A
 * starved machine loses it rarely.
 */
const ALONE_LEASE_MS = 15_000;
/** For handing back what runs. Below the time after which the parent kills. */
const HAND_BACK_MS = DEFAULT_RUN_SETTINGS.handBackAfterMs + 3_000;

/**
 * Runs the operations that the parent process names, one at a time. It ends when it is told to, and when the parent is
 * gone: what runs is handed back then.
 */
export async function runAlone(
  app: WorkerApp,
  config: WorkerEnvironment,
  settings: Partial<RunSettings> = {},
): Promise<void> {
  const send = (message: FromChild): void => void process.send?.(message);
  const log = createLogger({ app: `${app.name}-alone`, level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  const parts = openWorkerParts(`${app.name}-alone`, { ...config, WORKER_CONCURRENCY: 1 }, log, shutdown);
  const deps = toRunDeps(app, parts, log, { leaseMs: ALONE_LEASE_MS, ...settings });
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    if (stop.signal.aborted) return;
    stop.abort(new Error('the worker is shutting down'));
    setTimeout(() => process.exit(1), HAND_BACK_MS).unref();
    await running;
    await shutdown.run();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());
  process.on('disconnect', () => void end());
  // The parent sees the exit code: a death of the operation that runs.
  const die = (err: unknown): void => {
    log.fatal({ err }, 'an error that nothing handled, while one operation ran alone');
    process.exit(1);
  };
  process.on('unhandledRejection', die);
  process.on('uncaughtException', die);

  process.on('message', ({ run }: ToChild) => {
    running = runOperation(run.id, run.owner, { ...deps, isAlone: true, shutdown: stop.signal }).then(
      (result) => send({ kind: 'ended', id: run.id, result }),
      (error: unknown) =>
        send({ kind: 'not-run', id: run.id, how: error instanceof Error ? error.name : typeof error }),
    );
  });
  if (process.connected === true) send({ kind: 'ready' });
  else await end();
}
