import { randomUUID } from 'node:crypto';
import { catalog, type JobContext, type JobName, type Outcome, toJobError } from '@luma-sync/jobs';
import {
  beginOperation,
  type Database,
  finishOperation,
  fromPrismaError,
  markDeliveryFailed,
  markDueRsvpsFailed,
  markPushFailed,
  putBackOperation,
} from '@luma-sync/store';
import {
  handleCalendarPull,
  handleDriftCheck,
  handleEventCancel,
  handleEventPull,
  handleEventPush,
  handleGuestPull,
  handleInboxApply,
  handleOrgBackfill,
  handleRsvpPush,
  handleRsvpReconcile,
  handleWebhookWatch,
} from '../src/index.js';
import type { Deps } from './sync-deps.js';

/** Thrown where a process is to die: nothing is noted, nothing handed back. */
export class Crash extends Error {}

/** How one run ended, as the runner would store it. */
export type RunEnd =
  | { kind: 'done'; outcome: Outcome }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'put-back'; code: string }
  | { kind: 'crashed' }
  | { kind: 'not-begun' };

const HANDLERS: Partial<Record<string, (payload: never, deps: Deps, ctx: JobContext) => Promise<Outcome>>> = {
  'event.push': handleEventPush,
  'event.cancel': handleEventCancel,
  'event.pull': handleEventPull,
  'calendar.pull': handleCalendarPull,
  'inbox.apply': handleInboxApply,
  'rsvp.push': handleRsvpPush,
  'guest.pull': handleGuestPull,
  'drift.check': handleDriftCheck,
  'org.backfill': handleOrgBackfill,
  'rsvp.reconcile': handleRsvpReconcile,
  'webhook.watch': handleWebhookWatch,
};

/** As the queue's runner does it, one run and without a queue. */
export async function runOnce(db: Database, id: string, deps: Deps, clock: { aheadMs: number }): Promise<RunEnd> {
  const run = { id, owner: randomUUID(), leaseMs: 60_000 };
  const recordKey = (job: string, payload: unknown) =>
    (catalog[job as JobName].oneAtATime as (payload: unknown) => string)(payload);
  const begun = await beginOperation(db, { ...run, isAlone: true, recordKey });
  if (begun.kind !== 'begun') return { kind: 'not-begun' };
  const { operation } = begun;
  const definition = catalog[operation.job as JobName];
  const quiet = () => {};
  const ctx: JobContext = {
    operationId: id,
    owner: run.owner,
    leaseMs: run.leaseMs,
    attempt: operation.attempts + 1,
    crashes: operation.crashes,
    trigger: operation.trigger,
    createdAt: operation.createdAt,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    now: () => new Date(Date.now() + clock.aheadMs),
    signal: AbortSignal.timeout(20_000),
    assertLease: quiet,
    report: async () => {},
  };
  const handler = HANDLERS[operation.job];
  if (handler === undefined) throw new Error(`no handler for ${operation.job}`);
  try {
    const outcome = await handler(operation.payload as never, deps, ctx);
    await finishOperation(db, run, { state: 'done', outcome });
    return { kind: 'done', outcome };
  } catch (thrown) {
    if (thrown instanceof Crash) {
      await db.$executeRaw`update operations set lease_until = now() - interval '1 s' where id = ${id}::uuid`;
      await db.$executeRaw`update record_leases set expires_at = now() - interval '10 s' where owner = ${run.owner}`;
      return { kind: 'crashed' };
    }
    const error = toJobError(fromPrismaError(thrown));
    if (error.code === 'unknown') throw thrown;
    const failure = { code: error.code, message: error.message };
    if (error.verdict === 'fail' || (error.verdict === 'retry' && operation.attempts + 1 >= definition.attempts)) {
      await finishOperation(db, run, { state: 'failed', ...failure }, async (tx) => {
        const { eventId = '', deliveryId = '' } = operation.payload as { eventId?: string; deliveryId?: string };
        if (operation.job === 'event.push') await markPushFailed(tx, eventId, failure);
        if (operation.job === 'rsvp.push') await markDueRsvpsFailed(tx, eventId, failure);
        if (operation.job === 'inbox.apply') await markDeliveryFailed(tx, deliveryId, failure);
      });
      return { kind: 'failed', ...failure };
    }
    const waitMs = 'waitMs' in error ? Number(error.waitMs) : definition.backoff.firstMs;
    await putBackOperation(db, run, {
      waitMs,
      usesAttempt: error.verdict === 'retry',
      reason: error.code,
      error: failure,
    });
    return { kind: 'put-back', code: error.code };
  }
}
