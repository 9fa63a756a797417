import type { Ledger } from '@luma-sync/queue';
import {
  appendRun,
  beginOperation,
  couponEmailGivenUp,
  type Database,
  type Db,
  finishOperation,
  heartbeat,
  markDeliveryFailed,
  markDueRsvpsFailed,
  markPushFailed,
  putBackOperation,
  reportProgress,
} from '@luma-sync/store';
import { z } from 'zod';

interface Failure {
  code: string;
  message: string;
}

const ofEvent = z.object({ eventId: z.string() });

/** What else has to be said, in the same commit, when an operation is given up. */
const GIVEN_UP: Record<string, (tx: Db, payload: unknown, failure: Failure) => Promise<void>> = {
  'event.push': (tx, payload, failure) => markPushFailed(tx, ofEvent.parse(payload).eventId, failure),
  'rsvp.push': (tx, payload, failure) => markDueRsvpsFailed(tx, ofEvent.parse(payload).eventId, failure),
  'inbox.apply': (tx, payload, failure) =>
    markDeliveryFailed(tx, z.object({ deliveryId: z.string() }).parse(payload).deliveryId, failure),
  'coupon.email': (tx, payload, failure) =>
    couponEmailGivenUp(tx, z.object({ assignmentId: z.string() }).parse(payload), failure),
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
