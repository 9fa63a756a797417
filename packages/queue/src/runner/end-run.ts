import type { Failure, Outcome, Park, Requeue, RunEnd, RunRecord } from '@luma-sync/jobs';
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
  const isOurs = await storeEnd(run, (record) => deps.ledger.finish(identity, outcome, record));
  return isOurs ? { kind: 'done', outcome } : { kind: 'settled' };
}

async function requeue(run: CurrentRun, back: { kind: 'requeue' } & Requeue): Promise<RunResult> {
  const { identity, deps } = run;
  const until = await storeEnd(run, (record) => deps.ledger.requeue(identity, back, record));
  return until === null ? { kind: 'settled' } : { kind: 'delayed', until, reason: back.reason };
}

async function park(run: CurrentRun, request: Park): Promise<RunResult> {
  const { identity, deps } = run;
  const until = await storeEnd(run, (record) => deps.ledger.park(identity, request, record));
  return until === null ? { kind: 'settled' } : { kind: 'parked', until, code: request.code };
}

async function giveUp(run: CurrentRun, { code, message }: Failure): Promise<RunResult> {
  const { identity, deps } = run;
  const isOurs = await storeEnd(run, (record) => deps.ledger.giveUp(identity, { code, message }, record));
  return isOurs ? { kind: 'failed', code, message } : { kind: 'settled' };
}

/**
 * Stores how a run ended, in one commit with what is recorded of it. What cannot be recorded does not decide how a run
 * ends: the end is stored without it then, or the operation would be run for ever.
 */
async function storeEnd<T>(run: CurrentRun, write: (record: RunRecord | null) => Promise<T>): Promise<T> {
  const { operation, requests, deps } = run;
  const record = { operation, requests: requests.requests, requestsMore: requests.requestsMore };
  try {
    return await whenStored(deps, (tries) => write(tries === 1 ? record : { ...record, mayBeStored: true }));
  } catch (error) {
    if (isStoreAway(deps, error)) throw error;
    const { id: operationId, job } = operation;
    deps.log.error({ operationId, job, err: error }, 'the end of a run could not be recorded in the timeline');
    return whenStored(deps, () => write(null));
  }
}
