import type { JobContext, WaitNote } from '@luma-sync/jobs';
import type { CurrentRun } from './current-run.js';
import type { ProgressReports } from './progress.js';

/** A shorter wait is over before anybody could read of it, and not worth a write. */
const VISIBLE_MS = 500;

/** What the handler of a run is given beside its payload. */
export function toContext(run: CurrentRun, reports: ProgressReports, signal: AbortSignal): JobContext {
  const { operation, identity, lease, requests, deps } = run;
  return {
    operationId: operation.id,
    owner: identity.owner,
    leaseMs: deps.settings.leaseMs,
    attempt: operation.attempts + 1,
    crashes: operation.crashes,
    isAlone: identity.isAlone === true,
    trigger: operation.trigger,
    createdAt: operation.createdAt,
    log: deps.log,
    now: () => new Date(),
    signal,
    assertLease: () => {
      lease.assertHeld();
      deps.shutdown.throwIfAborted();
    },
    requests: { hasSent: false },
    report: (progress) => {
      deps.onProgress?.();
      return reports.report(progress);
    },
    onWait: (wait) => noteWait(run, wait),
    onRequest: (request) => requests.add(request),
  };
}

/** Beside the wait, never before it: a slow database must not make a run miss its turn. */
function noteWait({ identity, deps }: CurrentRun, { code, forMs }: WaitNote): void {
  if (forMs < VISIBLE_MS) return;
  deps.ledger.noteWait(identity, { reason: code, forMs }).catch((err: unknown) => {
    deps.log.warn({ operationId: identity.id, err }, 'a wait could not be noted');
  });
}
