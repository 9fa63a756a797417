import {
  type ClaimedOperation,
  type Failure,
  type Outcome,
  type Park,
  type Progress,
  type Requeue,
  type RunEnd,
  type RunEnding,
  type RunRecord,
  toOutcomeEnding,
  toRunEnding,
} from '@luma-sync/jobs';
import type { Database, Db } from '../database.js';
import { isolateSilent } from '../operations/isolate-silent.js';
import { claimIsolated, deferIsolated, lookForIsolated, recordDeath } from '../operations/isolation.js';
import {
  type BeginRequest,
  beginOperation,
  type EndingRun,
  finishOperation,
  hasProgressed,
  heartbeat,
  noteWait,
  reportProgress,
  requeueOperation,
} from '../operations/run.js';
import { appendRun } from '../timeline/append-run.js';
import { markRecord, onGivenUp, onParked } from './on-given-up.js';

/** The operations table, as runs use it. */
export function createLedger(db: Database) {
  return {
    begin: (run: BeginRequest) => beginOperation(db, run),
    heartbeat: (run: { id: string; owner: string; leaseMs: number }) => heartbeat(db, run),
    report: (run: EndingRun, progress: Progress) => reportProgress(db, run, progress),
    noteWait: (run: EndingRun, wait: { reason: string; forMs: number }) => noteWait(db, run, wait),
    hasProgressed: (operation: Pick<ClaimedOperation, 'id' | 'checkpoint'>) => hasProgressed(db, operation),
    finish: (run: EndingRun, outcome: Outcome, record: RunRecord | null) =>
      finishOperation(db, run, { state: 'done', outcome }, ...recordAs(run, record, toOutcomeEnding(outcome))),
    requeue: (run: EndingRun, back: Requeue, record: RunRecord | null) =>
      requeueOperation(db, run, back, ...recordAs(run, record, toEnding({ kind: 'requeue', ...back }, record))),
    park: (run: EndingRun, { waitMs, deadlineMs, code, message, isolate }: Park, record: RunRecord | null) => {
      const error = { code, message };
      const back = { waitMs, usesAttempt: false, reason: 'operation.parked', error, isolate, park: { deadlineMs } };
      const alongside = async (tx: Db, nextTryAt: Date | null): Promise<void> => {
        if (record === null) return;
        // Handed over to a newer operation: nothing of this one is parked.
        if (nextTryAt === null) {
          await recordRun(tx, run, record, { kind: 'retry', ...error, attempt: record.operation.attempts + 1 });
          return;
        }
        await recordRun(tx, run, record, { kind: 'parked', ...error, until: nextTryAt.toISOString() });
        await markRecord(tx, onParked, record.operation, { ...error, nextTryAt });
      };
      return requeueOperation(db, run, back, alongside, recordLost(run, record));
    },
    giveUp: (run: EndingRun, { code, message }: Failure, record: RunRecord | null) => {
      const alongside = async (tx: Db): Promise<void> => {
        if (record === null) return;
        await recordRun(tx, run, record, toEnding({ kind: 'give-up', code, message }, record));
        await markRecord(tx, onGivenUp, record.operation, { code, message });
      };
      return finishOperation(db, run, { state: 'failed', code, message }, alongside, recordLost(run, record));
    },
  };
}

const toEnding = (end: RunEnd, record: RunRecord | null): RunEnding =>
  toRunEnding(end, (record?.operation.attempts ?? 0) + 1, new Date());

/** What is stored beside an ending: its entry in the timeline, or the entry of a run that lost its lease. */
const recordAs = (run: EndingRun, record: RunRecord | null, ending: RunEnding) =>
  [
    async (tx: Db): Promise<void> => {
      if (record !== null) await recordRun(tx, run, record, ending);
    },
    recordLost(run, record),
  ] as const;

/**
 * The operation is another run's: this one ended nothing, whatever it says of itself. What it asked of Luma is recorded
 * all the same. An earlier try to store the ending may have been committed, and is why the operation is not ours then.
 */
const recordLost =
  (run: EndingRun, record: RunRecord | null) =>
  async (tx: Db): Promise<void> => {
    if (record === null || record.mayBeStored === true) return;
    await recordRun(tx, run, record, { kind: 'interrupted' });
  };

/** Writes one run into the timeline of its record. */
const recordRun = (
  tx: Db,
  { id: operationId }: EndingRun,
  { requests, requestsMore }: RunRecord,
  ending: RunEnding,
): Promise<void> => appendRun(tx, { operationId, ending, requests, requestsMore });

/** The same table, as the lane for isolated operations uses it. */
export function createIsolationLedger(db: Database, jobs: readonly string[]) {
  return {
    look: () => lookForIsolated(db, jobs),
    isolateSilent: (recordKey: (job: string, payload: unknown) => string | null) => isolateSilent(db, jobs, recordKey),
    claim: () => claimIsolated(db, jobs),
    defer: (id: string, waitMs: number) => deferIsolated(db, id, waitMs),
    recordDeath: (run: { id: string; owner: string }, message: string) => recordDeath(db, run, message),
  };
}
