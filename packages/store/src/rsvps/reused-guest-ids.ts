import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { ObservedGuest } from './rsvp-records.js';

/**
 * Leaves guests out whose id stands with an RSVP to another event, and tells of each once at this event. A guest at
 * Luma belongs to one event: after Luma was set back to an earlier state, the same id may stand for somebody else.
 */
export async function leaveOutReusedIds(
  tx: Db,
  guests: readonly ObservedGuest[],
  { eventId, via, operationId }: { eventId: string; via: string; operationId: string },
): Promise<readonly ObservedGuest[]> {
  const ids = guests.map(({ lumaGuestId }) => lumaGuestId);
  const rows = await tx.$queryRaw<{ lumaGuestId: string; otherEventId: string }[]>`
    select l.luma_guest_id as "lumaGuestId", r.event_id as "otherEventId"
    from rsvp_links l join rsvps r on r.id = l.rsvp_id
    where l.luma_guest_id = any(${ids}::text[]) and r.event_id <> ${eventId}::uuid`;
  if (rows.length === 0) return guests;
  const about = { recordType: 'event', recordId: eventId } as const;
  const entries = await tx.timelineEntry.findMany({
    where: { ...about, fact: 'guest-id-reused' },
    select: { details: true },
  });
  const known = new Set(entries.map(({ details }) => (details as { lumaGuestId?: string } | null)?.lumaGuestId));
  await appendTimeline(
    tx,
    rows.flatMap(({ lumaGuestId, otherEventId }) => {
      if (known.has(lumaGuestId)) return [];
      const fact = { fact: 'guest-id-reused', lumaGuestId, otherEventId, via } as const;
      return [{ ...about, eventId, operationId, fact }];
    }),
  );
  const reused = new Set(rows.map(({ lumaGuestId }) => lumaGuestId));
  return guests.filter(({ lumaGuestId }) => !reused.has(lumaGuestId));
}
