import type { Database } from '../database.js';

/** An operation that is due to have a live job. */
export interface DueOperation {
  id: string;
  job: string;
  priority: number;
  state: 'queued' | 'running';
  runAfter: Date;
  /** Jobs made for it so far; 0 for one that never was dispatched. */
  dispatches: number;
}

/** How long a relay may take to hand over what it claimed before another one looks again. */
const CLAIM_MS = 15_000;

/**
 * Claims operations that relay has to look at: new ones, ones whose wait is over, and ones whose run fell silent. Several relays share the
 * rows without waiting for each other; a relay that dies leaves its rows to be claimed again after 15 s.
 *
 * A running operation whose lease is alive is only noted for a later look.
 */
export function claimDueOperations(db: Database, limit: number): Promise<DueOperation[]> {
  return db.$queryRaw<DueOperation[]>`
    with due as (
      select id from operations
      where dispatch_at <= now()
      order by dispatch_at
      limit ${limit}
      for update skip locked
    )
    update operations o
    set dispatch_at = now() + ${CLAIM_MS} * interval '1 ms'
    from due where o.id = due.id and o.state in ('queued', 'running')
    returning o.id, o.job, o.priority, o.state::text as state, o.run_after as "runAfter", o.dispatches`;
}

/** Counts one more job for each operation; must be stored before the job is added, since the count is part of the job's id. */
export async function countDispatches(db: Database, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ id: string; dispatches: number }[]>`
    update operations set dispatches = dispatches + 1 where id = any(${[...ids]}::uuid[]) returning id, dispatches`;
  return new Map(rows.map((row) => [row.id, row.dispatches]));
}

/** Asks for an immediate look at the operations, because their jobs could not be added. */
export async function releaseClaims(db: Database, ids: readonly string[], lookAgainMs: number): Promise<void> {
  await db.$executeRaw`
    update operations set dispatch_at = now() + ${lookAgainMs} * interval '1 ms'
    where id = any(${[...ids]}::uuid[]) and state in ('queued', 'running')`;
}

/** Operations that were accepted and are not finished, and the age of the oldest that is due; for metrics and readiness. */
export async function measureBacklog(db: Database): Promise<{ queued: number; running: number; oldestDueMs: number }> {
  const [row] = await db.$queryRaw<{ queued: number; running: number; oldestDueMs: number }[]>`
    select count(*) filter (where state = 'queued')::int as queued,
           count(*) filter (where state = 'running')::int as running,
           coalesce(extract(epoch from now() - min(run_after) filter (where state = 'queued' and run_after <= now())) * 1000, 0)::float8 as "oldestDueMs"
    from operations where state in ('queued', 'running')`;
  return row ?? { queued: 0, running: 0, oldestDueMs: 0 };
}
