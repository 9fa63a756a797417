import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';

export interface StoredDelivery {
  id: string;
  calendarId: string;
  type: string;
  /** Null when it has expired. */
  rawBody: string | null;
  state: 'pending' | 'applied' | 'ignored' | 'failed';
  signedAt: Date;
  receivedAt: Date;
}

/** What inbox.apply reads and stores of deliveries. */
export function createInboxSyncStore(db: Database) {
  return {
    find: (deliveryId: string): Promise<StoredDelivery | null> =>
      db.webhookDelivery.findUnique({
        where: { id: deliveryId },
        select: {
          id: true,
          calendarId: true,
          type: true,
          rawBody: true,
          state: true,
          signedAt: true,
          receivedAt: true,
        },
      }),

    settle: (holder: LeaseHolder, deliveryId: string, ending: { state: 'applied' | 'ignored'; note: string | null }) =>
      fencedTransaction(db, holder, async (tx) => {
        // Not `update`, which would read the whole body back.
        await tx.webhookDelivery.updateMany({
          where: { id: deliveryId },
          data: { state: ending.state, error: ending.note, appliedAt: new Date() },
        });
      }),
  };
}

export type InboxSyncStore = ReturnType<typeof createInboxSyncStore>;
