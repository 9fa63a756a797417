import { type Base, type Difference, EVENT_FIELDS, type EventField, type EventState } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { EventFact } from '../timeline/facts.js';

type Differing = Pick<Base<EventState>, 'notAtLuma'> | null;

/** Tells which fields differ from now on and which do no longer. Call it before the new base is stored. */
export async function noteDifferences(tx: Db, holder: LeaseHolder, eventId: string, after: Differing): Promise<void> {
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { base: true } });
  const facts = toDifferenceFacts(link?.base as unknown as Differing, after);
  const about = { recordType: 'event', recordId: eventId, operationId: holder.operationId } as const;
  await appendTimeline(
    tx,
    facts.map((fact) => ({ ...about, fact })),
  );
}

function toDifferenceFacts(before: Differing, after: Differing): EventFact[] {
  const [known, present] = [before?.notAtLuma ?? {}, after?.notAtLuma ?? {}];
  const isNews = (field: EventField) =>
    present[field] !== undefined && JSON.stringify(present[field]) !== JSON.stringify(known[field]);
  const fields = EVENT_FIELDS.filter(isNews).map((field) => ({ field, ...(present[field] as Difference) }));
  const settled = EVENT_FIELDS.filter((field) => known[field] !== undefined && present[field] === undefined);
  return [
    ...(fields.length === 0 ? [] : [{ fact: 'event-not-at-luma', fields } as const]),
    ...(settled.length === 0 ? [] : [{ fact: 'event-at-luma-again', fields: settled } as const]),
  ];
}
