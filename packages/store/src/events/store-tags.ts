import type { TagsBase } from '@luma-sync/domain';
import type { Database } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';

export interface StoredTags {
  eventId: string;
  /** What both sides agree on now. */
  base: TagsBase;
  /** Our tags, where Luma's news changes them; absent: they stay. Not stored when the app edits the event meanwhile. */
  taken?: { tags: readonly string[]; revision: number; via: string };
}

/** Stores what became of an event's tags. */
export async function storeTags(
  db: Database,
  holder: LeaseHolder,
  { eventId, base, taken }: StoredTags,
): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    if (taken !== undefined) {
      const where = { id: eventId, revision: taken.revision };
      const { count } = await tx.event.updateMany({ where, data: { tags: [...taken.tags], updatedAt: new Date() } });
      if (count === 0) return false;
      const fact = { fact: 'event-changed-there', fields: ['tags'], via: taken.via, seenAt: base.at } as const;
      await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
    }
    const link = await tx.eventLink.findUnique({ where: { eventId }, select: { tagsBase: true } });
    const before = (link?.tagsBase ?? null) as unknown as TagsBase | null;
    if (base.refused !== undefined && base.refused.message !== before?.refused?.message) {
      const fields = [{ field: 'tags', why: 'refused', message: base.refused.message }] as const;
      const fact = { fact: 'event-not-at-luma', fields } as const;
      await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
    }
    await tx.eventLink.update({ where: { eventId }, data: { tagsBase: base as unknown as Prisma.InputJsonObject } });
    return true;
  });
}
