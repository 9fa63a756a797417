import { type Batch, RETENTION_BATCH } from './batch.js';

/**
 * A plan may have thousands of steps, so these go first, and a plan when it has none left. Before that nobody may carry
 * it out any more: half a plan would be taken for the whole. One that is being carried out is left alone, however old.
 */
export const BACKFILL_BATCHES = {
  unappliedBackfillPlans: (tx, days) => tx.$executeRaw`
    update backfill_plans set state = 'stale', finished_at = now(), changes = array['Too old: it was never carried out']
    where id in (
      select id from backfill_plans where state = 'planned' and created_at < now() - ${days} * interval '1 day'
      order by created_at limit ${RETENTION_BATCH} for update skip locked)`,
  backfillSteps: (tx, days) => tx.$executeRaw`
    delete from backfill_steps where (plan_id, position) in (
      select s.plan_id, s.position from backfill_plans p join backfill_steps s on s.plan_id = p.id
      where p.state in ('applied', 'stale') and p.created_at < now() - ${days} * interval '1 day'
      order by p.created_at limit ${RETENTION_BATCH} for update of s skip locked)`,
  backfillPlans: (tx, days) => tx.$executeRaw`
    delete from backfill_plans where id in (
      select p.id from backfill_plans p
      where p.state in ('applied', 'stale') and p.created_at < now() - ${days} * interval '1 day'
        and not exists (select 1 from backfill_steps s where s.plan_id = p.id)
      order by p.created_at limit ${RETENTION_BATCH} for update skip locked)`,
} satisfies Record<string, Batch>;
