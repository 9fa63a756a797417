import { eventLinks } from '@luma-sync/domain';
import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { changeEventLink } from './event-link-rows.js';

/** Stores when Luma made the event, unless that is known. */
export async function noteLumaCreatedAt(
  db: Database,
  holder: LeaseHolder,
  { eventId, lumaCreatedAt }: { eventId: string; lumaCreatedAt: Date },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    await changeEventLink(tx, eventId, (link) => eventLinks.recordCreatedAt(link, lumaCreatedAt));
  });
}

/**
 * Luma shows another event under the id: the one that we linked is gone. Our event keeps its approval, guests and
 * history, and nothing is exchanged with Luma for it any more. Marking it again does nothing.
 */
export async function markIdReused(
  db: Database,
  holder: LeaseHolder,
  { eventId, via, observedAt }: { eventId: string; via: string; observedAt: Date },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    const marked = await changeEventLink(tx, eventId, (link) => eventLinks.markIdReused(link, observedAt, new Date()));
    if (marked?.isChanged !== true || marked.link.lumaEventId === null) return;
    const { lumaEventId } = marked.link;
    const fact = { fact: 'event-id-reused', lumaEventId, via, seenAt: observedAt.toISOString() } as const;
    await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
  });
}
