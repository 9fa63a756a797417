import { type Base, type Difference, EVENT_FIELDS, type EventField, type EventState } from '@luma-sync/domain';
import type { EventFact } from '@luma-sync/timeline';
import type { Db } from '../database.js';
import type { LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** What it is called on the wire and in the timeline. */
export const REGISTRATION = 'registrationOpen';

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

/** As {@link noteDifferences}, for whether registration is open, which is no field of the base. */
export async function noteRegistration(
  tx: Db,
  holder: LeaseHolder,
  eventId: string,
  refused: string | null,
): Promise<void> {
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { registrationRefused: true } });
  const known = link?.registrationRefused ?? null;
  if (known === refused) return;
  const fact: EventFact =
    refused === null
      ? { fact: 'event-at-luma-again', fields: [REGISTRATION] }
      : { fact: 'event-not-at-luma', fields: [{ field: REGISTRATION, why: 'refused', message: refused }] };
  await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
}
