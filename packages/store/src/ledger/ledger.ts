import type {
  ClaimedOperation,
  Failure,
  Outcome,
  Park,
  Progress,
  Requeue,
  RunEnding,
  RunRecord,
  RunRequests,
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
    recordRun: ({ id }: EndingRun, ending: RunEnding, requests: RunRequests) => recordRun(db, id, ending, requests),
    hasProgressed: (operation: Pick<ClaimedOperation, 'id' | 'checkpoint'>) => hasProgressed(db, operation),
    finish: (run: EndingRun, outcome: Outcome) => finishOperation(db, run, { state: 'done', outcome }),
    requeue: (run: EndingRun, back: Requeue) => requeueOperation(db, run, back),
    park: (run: EndingRun, { waitMs, deadlineMs, code, message, isolate }: Park, record: RunRecord) => {
      const error = { code, message };
      const back = { waitMs, usesAttempt: false, reason: 'operation.parked', error, isolate, park: { deadlineMs } };
      return requeueOperation(db, run, back, async (tx, nextTryAt) => {
        await recordRun(tx, run.id, { kind: 'parked', ...error, until: nextTryAt.toISOString() }, record);
        await markRecord(tx, onParked, record.operation, { ...error, nextTryAt });
      });
    },
    giveUp: (run: EndingRun, { code, message }: Failure, record: RunRecord | null) =>
      finishOperation(db, run, { state: 'failed', code, message }, async (tx) => {
        if (record === null) return;
        const attempt = record.operation.attempts + 1;
        await recordRun(tx, run.id, { kind: 'failed', code, message, attempt }, record);
        await markRecord(tx, onGivenUp, record.operation, { code, message });
      }),
  };
}

/** Writes one run into the timeline of its record. */
const recordRun = (db: Db, operationId: string, ending: RunEnding, { requests, requestsMore }: RunRequests) =>
  appendRun(db, { operationId, ending, requests, requestsMore });

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
