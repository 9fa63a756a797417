import type { Database } from '../database.js';

/** Days each kind of record is kept. */
export interface RetentionDays {
  /** Finished operations: the sync log. */
  operations: number;
  /** Bodies of webhooks hold names and mail addresses. */
  webhookBodies: number;
  webhookDeliveries: number;
  timeline: number;
  idempotencyKeys: number;
  scheduleSlots: number;
}

export const DEFAULT_RETENTION_DAYS: RetentionDays = {
  operations: 90,
  webhookBodies: 14,
  webhookDeliveries: 90,
  timeline: 365,
  idempotencyKeys: 2,
  scheduleSlots: 90,
};

export const RETENTION_BATCH = 1_000;

/** Small batches, each its own commit: no long lock, and an interrupted night goes on the next. @returns rows removed or emptied, by kind. */
export async function applyRetention(
  db: Database,
  days: RetentionDays,
  signal: AbortSignal,
): Promise<Record<keyof RetentionDays, number>> {
  const steps: Record<keyof RetentionDays, () => Promise<number>> = {
    operations: () => db.$executeRaw`
      delete from operations where id in (
        select id from operations where state in ('done', 'failed', 'discarded') and finished_at < now() - ${days.operations} * interval '1 day' limit ${RETENTION_BATCH})`,
    webhookBodies: () => db.$executeRaw`
      update webhook_deliveries set raw_body = null where id in (
        select id from webhook_deliveries where raw_body is not null and state <> 'pending'
          and received_at < now() - ${days.webhookBodies} * interval '1 day' limit ${RETENTION_BATCH})`,
    webhookDeliveries: () => db.$executeRaw`
      delete from webhook_deliveries where id in (
        select id from webhook_deliveries where received_at < now() - ${days.webhookDeliveries} * interval '1 day' limit ${RETENTION_BATCH})`,
    timeline: () => db.$executeRaw`
      delete from timeline where id in (select id from timeline where at < now() - ${days.timeline} * interval '1 day'
        and (last_at is null or last_at < now() - ${days.timeline} * interval '1 day') limit ${RETENTION_BATCH})`,
    idempotencyKeys: () => db.$executeRaw`
      delete from idempotency_keys where id in (
        select id from idempotency_keys where created_at < now() - ${days.idempotencyKeys} * interval '1 day' limit ${RETENTION_BATCH})`,
    scheduleSlots: () => db.$executeRaw`
      delete from schedule_slots where id in (
        select id from schedule_slots where fired_at < now() - ${days.scheduleSlots} * interval '1 day' limit ${RETENTION_BATCH})`,
  };
  const removed = {} as Record<keyof RetentionDays, number>;
  for (const [kind, step] of Object.entries(steps) as [keyof RetentionDays, () => Promise<number>][]) {
    removed[kind] = await repeat(step, signal);
  }
  return removed;
}

/** A backlog larger than this waits for the next night. */
const BATCHES_MAX = 1_000;

async function repeat(step: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const count = await step();
    total += count;
    if (count < RETENTION_BATCH) break;
  }
  return total;
}
