import {
  type Failure,
  type Outcome,
  type Park,
  type Requeue,
  type RunEnd,
  type RunEnding,
  type RunRecord,
  toOutcomeEnding,
  toRunEnding,
} from '@luma-sync/jobs';
import type { CurrentRun } from './current-run.js';
import type { RunResult } from './run-result.js';
import { isStoreAway, whenStored } from './when-stored.js';

/** Carries out what was decided about the end of a run. */
export async function endRun(run: CurrentRun, end: RunEnd): Promise<RunResult> {
  if (end.kind === 'park') return park(run, end);
  if (end.kind === 'give-up') return giveUp(run, end);
  return requeue(run, end);
}

export async function finish(run: CurrentRun, outcome: Outcome): Promise<RunResult> {
  const { identity, deps } = run;
  await record(run, toOutcomeEnding(outcome));
  const isOurs = await whenStored(deps, () => deps.ledger.finish(identity, outcome));
  return isOurs ? { kind: 'done', outcome } : { kind: 'settled' };
}

async function requeue(run: CurrentRun, back: { kind: 'requeue' } & Requeue): Promise<RunResult> {
  const { identity, operation, deps } = run;
  await record(run, toRunEnding(back, operation.attempts + 1, new Date()));
  const until = await whenStored(deps, () => deps.ledger.requeue(identity, back));
  return until === null ? { kind: 'settled' } : { kind: 'delayed', until, reason: back.reason };
}

async function park(run: CurrentRun, request: Park): Promise<RunResult> {
  const { identity, deps } = run;
  const until = await whenStored(deps, () => deps.ledger.park(identity, request, toRecord(run)));
  return until === null ? { kind: 'settled' } : { kind: 'parked', until, code: request.code };
}

async function giveUp(run: CurrentRun, { code, message }: Failure): Promise<RunResult> {
  const { identity, operation, deps } = run;
  const failure = { code, message };
  const isOurs = await whenStored(deps, () => deps.ledger.giveUp(identity, failure, toRecord(run))).catch(
    (error: unknown) => {
      if (isStoreAway(deps, error)) throw error;
      // What should be noted beside the ending cannot be: the operation ends all the same, or it would be run for ever.
      deps.log.error(
        { operationId: operation.id, job: operation.job, err: error },
        'a failure could not be noted in full',
      );
      return deps.ledger.giveUp(identity, failure, null);
    },
  );
  return isOurs ? { kind: 'failed', code, message } : { kind: 'settled' };
}

function toRecord({ operation, requests: { requests, requestsMore } }: CurrentRun): RunRecord {
  return { operation, requests, requestsMore };
}

/** The timeline must not decide how a run ends. */
async function record({ identity, operation, requests, deps }: CurrentRun, ending: RunEnding): Promise<void> {
  const { id: operationId, job } = operation;
  await deps.ledger.recordRun(identity, ending, requests).catch((err: unknown) => {
    deps.log.warn({ operationId, job, err }, 'a run could not be recorded in the timeline');
  });
}
