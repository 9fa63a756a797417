import type { Database, Db } from '../database.js';
import { Prisma } from '../generated/client.js';

/*
 * Two operations with one dedupe key would do the same work: the newer one was asked for while the older one ran, so it sees whatever the older
 * one was asked to carry. Where both are open at once the newer one carries on.
 */

/** Closes a run's operation in favour of a newer one. The caller knows that the run still owns it. */
export async function endAsSuperseded(tx: Db, run: { id: string; owner: string }, by: string): Promise<void> {
  await tx.$executeRaw`
    update operations set ${asSuperseded(Prisma.sql`${by}::text`)}
    where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
}

/**
 * Closes an interrupted operation whose record a newer one is at work on already: it would wait for that to end, only to find nothing left to
 * do. The death goes to the newer one's account, or what kills its process could do so without end as long as somebody keeps asking.
 *
 * @returns false when no such operation is at work.
 */
export async function leaveToTwin(db: Database, operationId: string, recordKey: string): Promise<boolean> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    with pair as (
      select o.id, o.crashes, twin.id as twin_id
      from operations o
        join record_leases l on l.key = ${recordKey} and l.expires_at > now()
        join operations twin on twin.id = l.operation_id and twin.id <> o.id and twin.dedupe_key = o.dedupe_key and twin.state = 'running'
      where o.id = ${operationId}::uuid
    ), ended as (
      update operations o set ${asSuperseded(Prisma.sql`pair.twin_id::text`)}
      from pair where o.id = pair.id and o.state = 'running' and o.lease_until < now()
      returning pair.twin_id, pair.crashes
    )
    update operations twin set crashes = greatest(twin.crashes, ended.crashes + 1), crashed_at = now()
    from ended where twin.id = ended.twin_id and twin.state = 'running'
    returning twin.id`;
  return rows.length > 0;
}

/**
 * Whoever took the operation over counted a death. The run lives and says so here: it was starved or stopped for a while, which must not set
 * an operation aside.
 */
export async function takeBackCrash(tx: Db, run: { id: string; owner: string }): Promise<void> {
  await tx.$executeRaw`
    update operations set crashes = greatest(crashes - 1, 0)
    where state in ('queued', 'running') and lease_owner is distinct from ${run.owner}
      and (id = ${run.id}::uuid or id = (
        select (outcome #>> '{details,by}')::uuid from operations where id = ${run.id}::uuid and outcome ->> 'reason' = 'superseded'))`;
}

const asSuperseded = (by: Prisma.Sql): Prisma.Sql => Prisma.sql`
  state = 'done', outcome = jsonb_build_object('kind', 'skipped', 'reason', 'superseded', 'details', jsonb_build_object('by', ${by})),
  finished_at = now(), dispatch_at = null, lease_owner = null, lease_until = null, waiting_reason = null, waiting_until = null,
  error_code = null, error_message = null`;
