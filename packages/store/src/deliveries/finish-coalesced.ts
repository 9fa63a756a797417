import type { Db } from '../database.js';
import type { LeaseHolder } from '../leases.js';
import { appendRun } from '../timeline/append-run.js';
import type { CoalescedDelivery } from './inbox-records.js';

/**
 * Ends, in the caller's transaction, the operations of deliveries that a run applied beside its own, and records each
 * in the timeline. All of one record take turns, so none of them can run meanwhile: their jobs find them done.
 */
export async function finishCoalesced(tx: Db, holder: LeaseHolder, along: readonly CoalescedDelivery[]): Promise<void> {
  if (along.length === 0) return;
  const operationIds = along.map(({ operationId }) => operationId);
  // All transactions that lock several rows lock them in this order.
  await tx.$queryRaw`select id from operations where id = any(${operationIds}::uuid[]) order by id for update`;
  const outcomes = along.map(({ type, applied }) => ({
    kind: 'done',
    details: { type, applied, by: holder.operationId },
  }));
  await tx.$executeRaw`
    update webhook_deliveries set state = 'applied', error = null, applied_at = now()
      where id = any(${along.map(({ id }) => id)}::uuid[])`;
  const ended = await tx.$queryRaw<{ id: string }[]>`
    update operations o set state = 'done', outcome = taken.outcome::jsonb, started_at = coalesce(o.started_at, now()),
      finished_at = now(),
      dispatch_at = null, waiting_reason = null, waiting_until = null, error_code = null, error_message = null
    from unnest(${operationIds}::uuid[], ${outcomes.map((outcome) => JSON.stringify(outcome))}::text[])
      as taken (id, outcome)
    where o.id = taken.id and o.state = 'queued'
    returning o.id`;
  const endedIds = new Set(ended.map(({ id }) => id));
  for (const { operationId, type, applied } of along) {
    if (!endedIds.has(operationId)) continue;
    const ending = { kind: 'done', details: { type, applied } } as const;
    await appendRun(tx, { operationId, ending, requests: [], requestsMore: 0 });
  }
}
