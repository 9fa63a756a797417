import { type Database, inTransaction } from '../database.js';
import { isLockTimeout } from '../store-error.js';
import { BACKFILL_BATCHES } from './backfill-batches.js';
import { type Batch, RETENTION_BATCH } from './batch.js';
import { PERSONAL_DATA_BATCHES } from './personal-data-batches.js';
import type { RetentionDays, RetentionKind } from './retention-days.js';

/**
 * A batch waits this long for a lock on a whole table (a migration has it), and not at all for a row: those that
 * somebody works with are left for the next time.
 */
const LOCK_TIMEOUT_MS = 1_000;

/**
 * One statement per kind, each along an index (`explain` in the tests). Unfinished operations are in none of them, and
 * a delivery that still has an unfinished operation is not either, however old.
 */
const BATCHES: Record<RetentionKind, Batch> = {
  operations: (tx, days) => tx.$executeRaw`
    delete from operations where id in (
      select id from operations
      where finished_at is not null and state <> 'failed' and finished_at < now() - ${days} * interval '1 day'
      order by finished_at limit ${RETENTION_BATCH} for update skip locked)`,
  deadLetters: (tx, days) => tx.$executeRaw`
    delete from operations where id in (
      select id from operations where state = 'failed' and finished_at < now() - ${days} * interval '1 day'
      order by finished_at limit ${RETENTION_BATCH} for update skip locked)`,
  webhookBodies: (tx, days) => tx.$executeRaw`
    update webhook_deliveries set raw_body = null where id in (
      select id from webhook_deliveries
      where raw_body is not null and received_at < now() - ${days} * interval '1 day' and state in ('applied',
        'ignored')
      order by received_at limit ${RETENTION_BATCH} for update skip locked)`,
  unappliedWebhookBodies: (tx, days) => tx.$executeRaw`
    update webhook_deliveries set raw_body = null where id in (
      select d.id from webhook_deliveries d
      where d.raw_body is not null and d.received_at < now() - ${days} * interval '1 day' and d.state in ('pending',
        'failed')
        and not exists (
          select 1 from operations o where o.dedupe_key = 'inbox.apply:' || d.id and o.state = 'queued')
      order by d.received_at limit ${RETENTION_BATCH} for update skip locked)`,
  webhookDeliveries: (tx, days) => tx.$executeRaw`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries
      where received_at < now() - ${days} * interval '1 day' and state in ('applied', 'ignored')
      order by received_at limit ${RETENTION_BATCH} for update skip locked)`,
  unappliedWebhookDeliveries: (tx, days) => tx.$executeRaw`
    delete from webhook_deliveries where id in (
      select d.id from webhook_deliveries d
      where d.received_at < now() - ${days} * interval '1 day' and d.state in ('pending', 'failed')
        and not exists (
          select 1 from operations o where o.dedupe_key = 'inbox.apply:' || d.id and o.state = 'queued')
      order by d.received_at limit ${RETENTION_BATCH} for update skip locked)`,
  timeline: (tx, days) => tx.$executeRaw`
    delete from timeline where id in (
      select id from timeline where at < now() - ${days} * interval '1 day'
        -- One that is counted is as young as its last time.
        and (last_at is null or last_at < now() - ${days} * interval '1 day')
      order by at limit ${RETENTION_BATCH} for update skip locked)`,
  idempotencyKeys: (tx, days) => tx.$executeRaw`
    delete from idempotency_keys where id in (
      select id from idempotency_keys where created_at < now() - ${days} * interval '1 day'
      order by created_at limit ${RETENTION_BATCH} for update skip locked)`,
  scheduleSlots: (tx, days) => tx.$executeRaw`
    delete from schedule_slots where id in (
      select id from schedule_slots where fired_at < now() - ${days} * interval '1 day'
      order by fired_at limit ${RETENTION_BATCH} for update skip locked)`,
  ...BACKFILL_BATCHES,
  ...PERSONAL_DATA_BATCHES,
  absences: (tx, days) => tx.$executeRaw`
    delete from absences where (record_type, record_id) in (
      select record_type, record_id from absences where last_missing_at < now() - ${days} * interval '1 day'
      order by last_missing_at limit ${RETENTION_BATCH} for update skip locked)`,
  // Also those that nobody answered: no list has lacked anything since, or it would have brought the question up to
  // date.
  removalQuestions: (tx, days) => tx.$executeRaw`
    delete from removal_questions where id in (
      select id from removal_questions where updated_at < now() - ${days} * interval '1 day'
      order by updated_at limit ${RETENTION_BATCH} for update skip locked)`,
  cancellations: (tx, days) => tx.$executeRaw`
    delete from event_cancellations where operation_id in (
      select operation_id from event_cancellations where created_at < now() - ${days} * interval '1 day'
      order by created_at limit ${RETENTION_BATCH} for update skip locked)`,
  audit: async (tx, days) => {
    // The table refuses every other delete.
    await tx.$queryRaw`select set_config('luma_sync.audit_retention', 'on', true)`;
    return tx.$executeRaw`
      delete from audit_log where id in (
        select id from audit_log
        where at < now() - ${days} * interval '1 day' and at < now() - interval '30 days'
        order by at limit ${RETENTION_BATCH} for update skip locked)`;
  },
  unreadableRecords: (tx, days) => tx.$executeRaw`
    delete from unreadable_records where id in (
      select id from unreadable_records where seen_last < now() - ${days} * interval '1 day'
      order by seen_last limit ${RETENTION_BATCH} for update skip locked)`,
  recordLeases: (tx, days) => tx.$executeRaw`
    delete from record_leases where key in (
      select key from record_leases where expires_at < now() - ${days} * interval '1 day'
      order by expires_at limit ${RETENTION_BATCH} for update skip locked)`,
};

/** Parts of a plan are kept as long as the plan, and a question as long as the notes that it is about. */
const KEPT_AS: Partial<Record<RetentionKind, keyof RetentionDays>> = {
  unappliedBackfillPlans: 'backfills',
  backfillSteps: 'backfills',
  backfillPlans: 'backfills',
  removalQuestions: 'absences',
};

export interface RetentionRun {
  /** Rows removed or emptied. */
  removed: Record<RetentionKind, number>;
  /** False when there is more to remove: call again. */
  isComplete: boolean;
}

/**
 * Removes what is past its keeping, in small batches that are a commit each: no long lock, and what is interrupted goes
 * on with the next call.
 *
 * @param batchesMax Most batches of each kind in this call.
 */
export async function applyRetention(
  db: Database,
  days: RetentionDays,
  { signal, batchesMax }: { signal: AbortSignal; batchesMax: number },
): Promise<RetentionRun> {
  const run: RetentionRun = { removed: {} as RetentionRun['removed'], isComplete: true };
  for (const kind of Object.keys(BATCHES) as RetentionKind[]) {
    run.removed[kind] = 0;
    for (let batch = 0; ; batch += 1) {
      if (signal.aborted || batch === batchesMax) {
        run.isComplete = false;
        break;
      }
      const count = await applyBatch(db, BATCHES[kind], days[KEPT_AS[kind] ?? (kind as keyof RetentionDays)]);
      run.removed[kind] += count ?? 0;
      if (count === null) run.isComplete = false;
      if (count === null || count < RETENTION_BATCH) break;
    }
  }
  return run;
}

/** @returns null when somebody holds the whole table. */
async function applyBatch(db: Database, batch: Batch, days: number): Promise<number | null> {
  try {
    return await inTransaction(db, async (tx) => {
      await tx.$queryRaw`select set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, true)`;
      return batch(tx, days);
    });
  } catch (error) {
    if (isLockTimeout(error)) return null;
    throw error;
  }
}
