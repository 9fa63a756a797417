import type { IsolationLedger, Ledger } from '@luma-sync/queue';
import {
  appendRun,
  beginOperation,
  claimIsolated,
  couponEmailDelayed,
  couponEmailGivenUp,
  type Database,
  type Db,
  deferIsolated,
  finishOperation,
  hasProgressed,
  heartbeat,
  isolateSilent,
  lookForIsolated,
  markDeliveryDelayed,
  markDeliveryFailed,
  markDueRsvpsDelayed,
  markDueRsvpsFailed,
  markPushDelayed,
  markPushFailed,
  putBackOperation,
  recordDeath,
  reportProgress,
} from '@luma-sync/store';
import { z } from 'zod';

interface Failure {
  code: string;
  message: string;
}

/** A failure after which the same is tried again. */
type Delay = Failure & { nextTryAt: Date };

const ofEvent = z.object({ eventId: z.string() });
const ofDelivery = z.object({ deliveryId: z.string() });
const ofAssignment = z.object({ assignmentId: z.string() });

/** What the record says meanwhile, in the same commit, when an operation is parked. */
const PARKED: Record<string, (tx: Db, payload: unknown, delay: Delay) => Promise<void>> = {
  'event.push': (tx, payload, delay) => markPushDelayed(tx, ofEvent.parse(payload).eventId, delay),
  'rsvp.push': (tx, payload, delay) => markDueRsvpsDelayed(tx, ofEvent.parse(payload).eventId, delay),
  'inbox.apply': (tx, payload, delay) => markDeliveryDelayed(tx, ofDelivery.parse(payload).deliveryId, delay),
  'coupon.email': (tx, payload, delay) => couponEmailDelayed(tx, ofAssignment.parse(payload).assignmentId, delay),
};

/** What else has to be said, in the same commit, when an operation is given up. */
const GIVEN_UP: Record<string, (tx: Db, payload: unknown, failure: Failure) => Promise<void>> = {
  'event.push': (tx, payload, failure) => markPushFailed(tx, ofEvent.parse(payload).eventId, failure),
  'rsvp.push': (tx, payload, failure) => markDueRsvpsFailed(tx, ofEvent.parse(payload).eventId, failure),
  'inbox.apply': (tx, payload, failure) => markDeliveryFailed(tx, ofDelivery.parse(payload).deliveryId, failure),
  'coupon.email': (tx, payload, failure) => couponEmailGivenUp(tx, ofAssignment.parse(payload), failure),
};

/** Handlers tell how their runs end; what ends an operation without or around them (its deadline, crashes) is told here. */
async function tellGivenUp(tx: Db, operationId: string, { code, message }: Failure, attempts: number): Promise<void> {
  if (!code.startsWith('operation.')) return;
  const ending = { kind: 'failed', code, message, attempt: attempts + 1 } as const;
  await appendRun(tx, { operationId, ending, requests: [], requestsMore: 0 });
}

/** The operations table, as runs use it. */
export function createLedger(db: Database): Ledger {
  return {
    begin: (run) => beginOperation(db, run),
    heartbeat: (run) => heartbeat(db, run),
    report: (run, progress) => reportProgress(db, run, progress),
    putBack: (run, back) => putBackOperation(db, run, back),
    hasProgressed: (operation) => hasProgressed(db, operation),
    park: (run, { waitMs, deadlineMs, code, message, isolate }, operation) => {
      const back = {
        waitMs,
        usesAttempt: false,
        reason: 'operation.parked',
        error: { code, message },
        isolate,
        park: { deadlineMs },
      };
      return putBackOperation(db, run, back, async (tx, nextTryAt) => {
        const ending = { kind: 'parked', code, message, until: nextTryAt.toISOString() } as const;
        await appendRun(tx, { operationId: run.id, ending, requests: [], requestsMore: 0 });
        await PARKED[operation.job]?.(tx, operation.payload, { code, message, nextTryAt });
      });
    },
    finish: (run, ending, operation) =>
      finishOperation(db, run, ending, async (tx) => {
        if (ending.state === 'failed') await tellGivenUp(tx, run.id, ending, operation?.attempts ?? 0);
        // A payload that does not parse names no record that could be marked.
        if (operation !== null && ending.state === 'failed' && ending.code !== 'operation.invalid_payload') {
          await GIVEN_UP[operation.job]?.(tx, operation.payload, ending);
        }
      }),
  };
}

/** The same table, as the lane for isolated operations uses it. */
export function createIsolationLedger(db: Database, jobs: readonly string[]): IsolationLedger {
  return {
    look: () => lookForIsolated(db, jobs),
    isolateSilent: (recordKey) => isolateSilent(db, jobs, recordKey),
    claim: () => claimIsolated(db, jobs),
    defer: (id, waitMs) => deferIsolated(db, id, waitMs),
    recordDeath: (run, message) => recordDeath(db, run, message),
  };
}
