import type { Db } from '../database.js';

/** Where an interrupted run of this operation stopped; null for a first run. */
export async function readCheckpoint(db: Db, operationId: string): Promise<unknown> {
  const row = await db.operation.findUnique({ where: { id: operationId }, select: { checkpoint: true } });
  return row?.checkpoint ?? null;
}
