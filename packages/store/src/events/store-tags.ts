import { type AgreedTags, eventLinks } from '@luma-sync/domain';
import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { lockEventLink, writeEventLink } from './event-link-rows.js';

export interface StoredTags extends AgreedTags {
  eventId: string;
  /** Not stored when the app edits the event meanwhile. */
  taken?: NonNullable<AgreedTags['taken']> & { via: string };
}

/** Stores what became of an event's tags. */
export async function storeTags(
  db: Database,
  holder: LeaseHolder,
  { eventId, base, taken }: StoredTags,
): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    const [event] = await tx.$queryRaw<{ revision: number }[]>`
      select revision from events where id = ${eventId}::uuid for update`;
    const link = await lockEventLink(tx, eventId);
    if (event === undefined || link === null) return false;
    const agreed = taken === undefined ? { base } : { base, taken };
    const recorded = eventLinks.recordTags(link, agreed, event.revision);
    if (recorded === null) return false;
    const about = { recordType: 'event', recordId: eventId, operationId: holder.operationId } as const;
    if (taken !== undefined) {
      await tx.event.update({ where: { id: eventId }, data: { ...recorded.event, updatedAt: new Date() } });
      const fact = { fact: 'event-changed-there', fields: ['tags'], via: taken.via, seenAt: base.at } as const;
      await appendTimeline(tx, [{ ...about, fact }]);
    }
    if (recorded.isNewlyRefused && base.refused !== undefined) {
      const fields = [{ field: 'tags', why: 'refused', message: base.refused.message }] as const;
      await appendTimeline(tx, [{ ...about, fact: { fact: 'event-not-at-luma', fields } }]);
    }
    await writeEventLink(tx, eventId, recorded.link);
    return true;
  });
}
