import { asUuid } from '../as-uuid.js';
import type { Db } from '../database.js';

/**
 * Finds an event by the app's own id, else by ours: what began at Luma has no other. The app's id goes first, should it
 * be a uuid too.
 */
export async function findEventIdByKey(db: Db, key: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    select id from events where external_id = ${key} or id = ${asUuid(key)}::uuid
    order by (external_id = ${key}) desc nulls last limit 1`;
  return row?.id ?? null;
}

/** As {@link findEventIdByKey}, and holds the row until the transaction ends. */
export async function lockEventByKey(tx: Db, key: string): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    select id from events where external_id = ${key} or id = ${asUuid(key)}::uuid
    order by (external_id = ${key}) desc nulls last limit 1
    for update`;
  return row?.id ?? null;
}

/** @returns by our id what each event is called in paths: the app's id, else ours. */
export async function findEventKeys(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.event.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, externalId: true },
  });
  return new Map(rows.map(({ id, externalId }) => [id, externalId ?? id]));
}
