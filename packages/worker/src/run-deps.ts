import { toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS, type RunDeps, type RunSettings } from '@luma-sync/queue';
import type { Logger } from '@luma-sync/runtime';
import { fromPrismaError } from '@luma-sync/store';
import type { WorkerParts } from './parts.js';
import type { WorkerApp } from './start-worker.js';

/** What runs of an app's operations need, in the worker and in its child process alike. */
export function toRunDeps(
  app: WorkerApp,
  parts: WorkerParts,
  log: Logger,
  settings: Partial<RunSettings> = {},
): Omit<RunDeps, 'shutdown'> {
  return {
    ledger: parts.ledger,
    handlers: app.handlers(parts, log),
    classify: (thrown) => toJobError(fromPrismaError(thrown)),
    log,
    settings: { ...DEFAULT_RUN_SETTINGS, ...settings },
  };
}
