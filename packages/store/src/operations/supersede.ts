import { CRASH_MEMORY_MS } from '@luma-sync/jobs';
import type { Database, Db } from '../database.js';
import { Prisma } from '../generated/client.js';

/*
 * Two operations with one dedupe key would do the same work: the newer one was asked for while the older one ran, so it
 * sees whatever the older one was asked to carry. Where both are open at once the newer one carries on.
 */

/** Closes a run's operation in favour of a newer one. The caller knows that the run still owns it. */
export async function endAsSuperseded(tx: Db, run: { id: string; owner: string }, by: string): Promise<void> {
  await tx.$executeRaw`
    update operations set ${asSuperseded(Prisma.sql`${by}::text`)}
    where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
}

/** The same for an operation whose lease lapsed. The caller has locked its row. */
export async function endLapsedAsSuperseded(tx: Db, id: string, by: string): Promise<void> {
  await tx.$executeRaw`
    update operations set ${asSuperseded(Prisma.sql`${by}::text`)} where id = ${id}::uuid and state = 'running'`;
}

/**
 * Closes an interrupted operation whose record a newer one is at work on already: it would wait for that to end, only
 * to find nothing left to do. A death counts for the newer one (`inheritDeath`).
 *
 * @param diedOwner The run whose silence is a death; null when it is none.
 * @returns false when no such operation is at work.
 */
export async function leaveToNewer(
  db: Database,
  { id, recordKey, diedOwner }: { id: string; recordKey: string; diedOwner: string | null },
): Promise<boolean> {
  const ended = await db.$queryRaw<{ id: string }[]>`
    with ended as (
      update operations o set ${asSuperseded(Prisma.sql`newer.id::text`)}
      from record_leases l join operations newer on newer.id = l.operation_id
      where o.id = ${id}::uuid and o.state = 'running' and o.lease_until < now() and not o.isolated
        and l.key = ${recordKey} and l.expires_at > now() and newer.id <> o.id and newer.dedupe_key = o.dedupe_key
          and newer.state = 'running'
      returning newer.id as newer_id,
        case when o.crashed_at < now() - ${CRASH_MEMORY_MS} * interval '1 ms' then 1 else o.crashes + 1 end as deaths
    ), inherited as (
      update operations n set crashes = ended.deaths, crashed_at = now(), suspected_owner = ${diedOwner}
      from ended where n.id = ended.newer_id and ended.deaths > n.crashes and ${diedOwner}::text is not null
    )
    select newer_id::text as id from ended`;
  return ended.length > 0;
}

const asSuperseded = (by: Prisma.Sql): Prisma.Sql => Prisma.sql`
  state = 'done', outcome = jsonb_build_object('kind', 'skipped', 'reason', 'superseded', 'details',
    jsonb_build_object('by', ${by})),
  finished_at = now(), dispatch_at = null, lease_owner = null, lease_until = null, waiting_reason = null,
    waiting_until = null,
  error_code = null, error_message = null`;
