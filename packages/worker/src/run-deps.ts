import { toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS, type RunDeps, type RunSettings } from '@luma-sync/queue';
import type { Logger } from '@luma-sync/runtime';
import { appendRun, fromPrismaError, noteWait } from '@luma-sync/store';
import { noteWaits } from './note-waits.js';
import type { WorkerParts } from './parts.js';
import type { WorkerApp } from './start-worker.js';
import { tellRuns } from './tell-runs.js';

/** What runs of an app's operations need, in the worker and in its child process alike. */
export function toRunDeps(
  app: WorkerApp,
  parts: WorkerParts,
  log: Logger,
  settings: Partial<RunSettings> = {},
): Omit<RunDeps, 'shutdown'> {
  const classify = (thrown: unknown) => toJobError(fromPrismaError(thrown));
  return {
    ledger: parts.ledger,
    handlers: noteWaits(
      tellRuns(app.handlers(parts, log), { classify, tell: (run) => appendRun(parts.db, run), log }),
      { note: (run, wait) => noteWait(parts.db, run, wait), log },
    ),
    classify,
    log,
    settings: { ...DEFAULT_RUN_SETTINGS, ...settings },
  };
}
