import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { saveCheckpoint } from './run.js';

/** Where an interrupted run of an operation goes on, for handlers that store it on its own. */
export function createCheckpoints(db: Database) {
  return {
    /** @returns null for a first run. */
    async read(operationId: string): Promise<unknown> {
      const row = await db.operation.findUnique({ where: { id: operationId }, select: { checkpoint: true } });
      return row?.checkpoint ?? null;
    },
    write: (holder: LeaseHolder, checkpoint: object): Promise<void> =>
      fencedTransaction(db, holder, (tx) => saveCheckpoint(tx, holder.operationId, checkpoint)),
  };
}
