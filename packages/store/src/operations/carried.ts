import type { Db } from '../database.js';

/** Ways of having nothing to do that an earlier run of the same work may have caused. */
const MAY_BE_CARRIED: ReadonlySet<string> = new Set(['nothing-due', 'already-pushed']);

/**
 * The operation that did the work of this one: it ran when this one was accepted, and looked at the newest
 * rows. Null when there was nothing to do from the start.
 */
export async function findCarrier(tx: Db, id: string, reason: string | undefined): Promise<string | null> {
  if (reason === undefined || !MAY_BE_CARRIED.has(reason)) return null;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select d.id from operations o join operations d on d.event_id = o.event_id and d.job = o.job
      and d.dedupe_key = o.dedupe_key
    where o.id = ${id}::uuid and d.id <> o.id and d.state = 'done' and d.outcome->>'kind' = 'done'
      and d.finished_at >= o.created_at
    order by d.finished_at desc limit 1`;
  return rows[0]?.id ?? null;
}
