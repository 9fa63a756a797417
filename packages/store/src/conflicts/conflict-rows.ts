import type { Db } from '../database.js';
import type { Conflict } from '../generated/client.js';

/** Holds the conflict and the record it is about until the transaction ends. */
export async function lockConflict(tx: Db, id: string): Promise<Conflict | null> {
  await tx.$queryRaw`select id from conflicts where id = ${id}::uuid for update`;
  const conflict = await tx.conflict.findUnique({ where: { id } });
  if (conflict === null) return null;
  const { recordType, recordId } = conflict;
  if (recordType === 'rsvp') await tx.$queryRaw`select id from rsvps where id = ${recordId}::uuid for update`;
  else await tx.$queryRaw`select id from events where id = ${recordId}::uuid for update`;
  return conflict;
}

/** A newer conflict over the same field. */
export async function findNewerConflict(
  tx: Db,
  { recordId, field, createdAt }: Conflict,
): Promise<{ id: string } | null> {
  return tx.conflict.findFirst({
    where: { recordId, field, createdAt: { gt: createdAt } },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
}

export function storeResolution(
  tx: Db,
  id: string,
  { keep, actor }: { keep: 'ours' | 'theirs'; actor: string },
): Promise<Conflict> {
  return tx.conflict.update({
    where: { id },
    data: { resolution: keep, resolvedAt: new Date(), resolvedBy: actor },
  });
}
