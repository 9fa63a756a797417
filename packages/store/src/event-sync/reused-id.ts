import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** Stores when Luma made the event, unless that is known. */
export async function noteLumaCreatedAt(
  db: Database,
  holder: LeaseHolder,
  { eventId, lumaCreatedAt }: { eventId: string; lumaCreatedAt: Date },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    await tx.eventLink.updateMany({ where: { eventId, lumaCreatedAt: null }, data: { lumaCreatedAt } });
  });
}

/**
 * Luma shows another event under the id: the one that we linked is gone. Our event keeps its approval, guests and history, and
 * nothing is exchanged with Luma for it any more. Marking it again does nothing.
 */
export async function markIdReused(
  db: Database,
  holder: LeaseHolder,
  { eventId, via, observedAt }: { eventId: string; via: string; observedAt: Date },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    const select = { lumaEventId: true, state: true, lastError: true } as const;
    const link = await tx.eventLink.findUnique({ where: { eventId }, select });
    const known = link?.lastError as { code?: string } | null | undefined;
    if (link?.lumaEventId == null) return;
    if (link.state === 'source_deleted' && known?.code === 'event.id_reused') return;
    const { lumaEventId } = link;
    const message = `Luma's ${lumaEventId} is another event now`;
    await tx.eventLink.update({
      where: { eventId },
      data: {
        state: 'source_deleted',
        checkedAt: observedAt,
        observedAt,
        lastError: { code: 'event.id_reused', message, at: new Date().toISOString() },
      },
    });
    const fact = { fact: 'event-id-reused', lumaEventId, via, seenAt: observedAt.toISOString() } as const;
    await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
  });
}
