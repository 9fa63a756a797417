import {
  type BoundHandler,
  deadlineOfRun,
  decideRequeue,
  decideRunEnd,
  decideRunStart,
  findDefinition,
  INTERRUPTED,
  type JobDefinition,
  JobError,
  RetryableError,
  type RunEnd,
} from '@luma-sync/jobs';
import { Abandoned, untilAbandoned } from './abandoned.js';
import type { CurrentRun, RunDeps } from './current-run.js';
import { endRun, finish } from './end-run.js';
import { RunLease } from './lease.js';
import { leaseClock } from './lease-clock.js';
import type { RunIdentity } from './ledger.js';
import { ProgressReports } from './progress.js';
import { recordKey } from './record-key.js';
import { RequestLog } from './request-log.js';
import { toContext } from './run-context.js';
import { logRun, toCode } from './run-line.js';
import type { RunResult } from './run-result.js';
import { whenStored } from './when-stored.js';

/**
 * Runs one operation once and stores how it ended. Throws only when Postgres cannot be reached before the run began.
 */
export async function runOperation(operationId: string, owner: string, deps: RunDeps): Promise<RunResult> {
  const startedAt = performance.now();
  const askedAt = leaseClock.mark();
  const identity: RunIdentity = { id: operationId, owner, isAlone: deps.isAlone === true };
  const begun = await deps.ledger.begin({ ...identity, leaseMs: deps.settings.leaseMs, recordKey });
  if (begun.kind === 'settled') return { kind: 'settled' };
  if (begun.kind === 'busy') {
    const until = new Date(Date.now() + begun.waitMs);
    return { kind: 'delayed', until, reason: 'lease', isBeforeAll: begun.isInterrupted };
  }

  const { operation } = begun;
  const lease = new RunLease(deps.ledger, identity, deps.settings.leaseMs, deps.log, askedAt);
  let result: RunResult;
  try {
    result = await runBegun({ operation, identity, lease, requests: new RequestLog(), deps });
  } finally {
    await lease.stop();
  }
  const durationMs = Math.round(performance.now() - startedAt);
  deps.onRun?.({ job: operation.job, result: result.kind, code: toCode(result), durationMs });
  logRun(deps.log, operation, result, durationMs);
  return result;
}

async function runBegun(run: CurrentRun): Promise<RunResult> {
  const { operation, deps } = run;
  const definition = findDefinition(operation.job);
  const handler = deps.handlers[operation.job];
  if (definition === null || handler === undefined) {
    const message = `no handler for ${operation.job} in this version`;
    return endRun(run, { kind: 'give-up', code: 'operation.unknown_job', message });
  }
  const parsed = definition.payload.safeParse(operation.payload);
  if (!parsed.success) {
    const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(whole)').join(', ');
    const message = `the stored payload does not fit: ${paths}`;
    return endRun(run, { kind: 'give-up', code: 'operation.invalid_payload', message });
  }
  const { crashesMax } = deps.settings;
  const now = new Date();
  const refused = decideRunStart(operation, definition, { crashesMax, now });
  if (refused !== null) return endRun(run, refused);
  const deadlineAt = deadlineOfRun(operation, definition, now);
  return runHandler({ ...run, operation: { ...operation, deadlineAt } }, definition, handler, parsed.data as never);
}

async function runHandler(
  run: CurrentRun,
  definition: JobDefinition,
  handler: BoundHandler,
  payload: never,
): Promise<RunResult> {
  const { identity, lease, deps } = run;
  const limit = AbortSignal.timeout(deps.settings.runLimitMs);
  const signal = AbortSignal.any([lease.signal, deps.shutdown, limit]);
  const reports = new ProgressReports((progress) => deps.ledger.report(identity, progress));
  try {
    const running = handler(payload, toContext(run, reports, signal));
    const outcome = await untilAbandoned(running, signal, deps);
    await whenStored(deps, () => reports.flush());
    return await finish(run, outcome);
  } catch (thrown) {
    // How far the run got is worth one try; how it ended matters more.
    await reports.flush().catch(() => {});
    if (thrown instanceof Abandoned) return endRun(run, endOfAbandoned(run, definition, thrown));
    // A write may find the loss before any heartbeat does.
    const isLost = lease.signal.aborted || (thrown instanceof JobError && thrown.code === 'operation.lease_lost');
    if (isLost || deps.shutdown.aborted || limit.aborted) {
      const ended = { ...run, identity: { ...identity, isBlocked: lease.wasBlocked } };
      return endRun(ended, await endOfInterrupted(ended, definition, limit));
    }
    const error = deps.classify(thrown);
    if (error.code === 'unknown')
      deps.log.error(
        { operationId: identity.id, err: error.cause },
        'a handler threw something no boundary classified',
      );
    return endRun(run, decide(run, definition, error));
  }
}

const decide = ({ operation }: CurrentRun, definition: JobDefinition, error: JobError): RunEnd =>
  decideRunEnd(operation, definition, error, { now: new Date(), random: Math.random });

/** The run did not end when it was told to: its lease is given up, so that whatever it still does is refused. */
function endOfAbandoned(run: CurrentRun, definition: JobDefinition, { verdict }: Abandoned): RunEnd {
  const { operation, lease, deps } = run;
  deps.log.error({ operationId: operation.id, job: operation.job }, 'a run did not end when it was told to');
  lease.revoke();
  if (!deps.shutdown.aborted) return decide(run, definition, verdict);
  // The deploy's doing, not the operation's: no attempt is used.
  return decideInterruption(run, definition, deps.isFaulty?.() === true);
}

/**
 * The run was told to end: by a shutdown, by the loss of its lease, or by its time limit. A shutdown, a frozen or a
 * starved process are not its doing. A time limit that was used up without getting further is, and so is a lease that
 * was lost because the run itself blocked the event loop.
 */
async function endOfInterrupted(run: CurrentRun, definition: JobDefinition, limit: AbortSignal): Promise<RunEnd> {
  const { operation, identity, deps } = run;
  const isBlocked = identity.isBlocked === true;
  if (deps.shutdown.aborted) return decideInterruption(run, definition, deps.isFaulty?.() === true);
  // Beside others nobody knows which run blocked the loop: it runs alone from now on.
  if (isBlocked && identity.isAlone !== true) return decideInterruption(run, definition, true);
  // Lost and perhaps taken over: then this changes nothing. If nobody did, nobody has to wait until it is noticed.
  if (!isBlocked && !limit.aborted) return decideInterruption(run, definition, false);
  if (await whenStored(deps, () => deps.ledger.hasProgressed(operation)))
    return decideInterruption(run, definition, false);
  const error = isBlocked
    ? new RetryableError('operation.blocked', 'the run computed for so long that it lost its lease')
    : new RetryableError('operation.run_limit', 'the run used up its time and got no further');
  return decide(run, definition, error);
}

const decideInterruption = ({ operation }: CurrentRun, definition: JobDefinition, isolate: boolean): RunEnd =>
  decideRequeue(operation, definition, { ...INTERRUPTED, isolate }, new Date());
