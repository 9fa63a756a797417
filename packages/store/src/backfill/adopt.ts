import { type AdoptedEvent, type EventState, eventLinks, type FieldConflict } from '@luma-sync/domain';
import type { AdoptionReason } from '@luma-sync/timeline';
import type { Database, Db } from '../database.js';
import { toEventColumns } from '../events/event-columns.js';
import { toEventLinkColumns } from '../events/event-link-rows.js';
import { storeConflicts } from '../events/observe-events.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline, type NewTimelineFact } from '../timeline/append-timeline.js';
import { mergeImportedEvent } from './merge-imported.js';
import { settleQuestionsAbout } from './questions.js';

export interface Adoption extends AdoptedEvent {
  eventId: string;
  takenFields: readonly string[];
  conflicts: readonly FieldConflict<EventState>[];
  /** Why the two belong together. */
  by: AdoptionReason;
}

/**
 * Ties an event of ours to one that Luma had before we knew. What of ours Luma lacks is left to the push that follows.
 *
 * @returns false when either of the two changed or was tied to something else meanwhile; nothing is stored then.
 */
export function adoptLumaEvent(db: Database, holder: LeaseHolder, adoption: Adoption): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    if (!(await isStillFree(tx, adoption))) return false;
    const { eventId, lumaEventId, mergesEventId } = adoption;
    if (mergesEventId !== null) await mergeImportedEvent(tx, { from: mergesEventId, into: eventId });
    const { url, ...take } = eventLinks.toAdoptedEvent(adoption);
    await tx.event.update({
      where: { id: eventId },
      data: { ...toEventColumns(take), ...(url === undefined ? {} : { url }) },
    });
    const isSlugTaken =
      adoption.slug !== null &&
      (await tx.eventLink.count({ where: { slug: adoption.slug, eventId: { not: eventId } } })) > 0;
    const adopted = eventLinks.adoptEvent(adoption, isSlugTaken);
    const link = { ...toEventLinkColumns(adopted), calendarId: adopted.calendarId, state: adopted.state };
    await tx.eventLink.upsert({ where: { eventId }, create: { eventId, ...link }, update: link });
    await storeConflicts(tx, 'event', eventId, adoption.conflicts);
    await settleQuestionsAbout(tx, { eventId, lumaEventId });
    await appendTimeline(tx, describe(adoption, holder));
    return true;
  });
}

async function isStillFree(tx: Db, adoption: Adoption): Promise<boolean> {
  const [event] = await tx.$queryRaw<{ revision: number; lumaEventId: string | null }[]>`
    select e.revision, l.luma_event_id as "lumaEventId" from events e left join event_links l on l.event_id = e.id
    where e.id = ${adoption.eventId}::uuid for update of e`;
  const { lumaEventId } = adoption;
  const holder = await tx.eventLink.findUnique({ where: { lumaEventId }, select: { eventId: true } });
  return eventLinks.mayAdopt(event ?? null, holder?.eventId ?? null, adoption);
}

function describe(
  { eventId, lumaEventId, by, takenFields, conflicts }: Adoption,
  holder: LeaseHolder,
): NewTimelineFact[] {
  const about = { recordType: 'event', recordId: eventId, operationId: holder.operationId } as const;
  return [
    { ...about, fact: { fact: 'event-adopted', lumaEventId, by, fields: takenFields } },
    ...conflicts.map(
      ({ field, kept }): NewTimelineFact => ({ ...about, fact: { fact: 'conflict', field, kept, rule: 'adoption' } }),
    ),
  ];
}
