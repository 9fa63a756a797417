import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { finishCoalesced } from './finish-coalesced.js';
import type { CoalescedDelivery, StoredDelivery } from './inbox-records.js';
import { excludeFromCoalescing, listWaiting, type WaitingQuery } from './list-waiting.js';

/** What inbox.apply reads and stores of deliveries. */
export function createInboxSyncStore(db: Database) {
  return {
    find: async (deliveryId: string): Promise<StoredDelivery | null> => {
      const delivery = await db.webhookDelivery.findUnique({
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
      });
      if (delivery === null) return null;
      const { signedAt, receivedAt } = delivery;
      return { ...delivery, signedAt: signedAt < receivedAt ? signedAt : receivedAt };
    },

    listWaiting: (query: WaitingQuery) => listWaiting(db, query),
    excludeFromCoalescing: (holder: LeaseHolder, query: WaitingQuery) => excludeFromCoalescing(db, holder, query),

    settle: (
      holder: LeaseHolder,
      deliveryId: string,
      ending: { state: 'applied' | 'ignored'; note: string | null; along?: readonly CoalescedDelivery[] },
    ) =>
      fencedTransaction(db, holder, async (tx) => {
        // Not `update`, which would read the whole body back.
        await tx.webhookDelivery.updateMany({
          where: { id: deliveryId },
          data: { state: ending.state, error: ending.note, appliedAt: new Date() },
        });
        await finishCoalesced(tx, holder, ending.along ?? []);
      }),
  };
}

export type InboxSyncStore = ReturnType<typeof createInboxSyncStore>;
