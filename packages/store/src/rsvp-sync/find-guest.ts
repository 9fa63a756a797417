import type { RsvpBase } from '@luma-sync/domain';
import type { Db } from '../database.js';

/** What we last saw Luma show of a guest; null when we never saw them on this event. */
export interface KnownGuest {
  approvalStatus: string;
  digest: string;
  observedAt: Date;
}

/** Two look-ups by key, whatever the event's size: each webhook of a guest asks this. */
export async function findKnownGuest(
  db: Db,
  eventId: string,
  lumaGuestId: string,
  email: string | null,
): Promise<KnownGuest | null> {
  const [link] = await db.$queryRaw<{ base: RsvpBase; observedAt: Date }[]>`
    select l.base, l.observed_at as "observedAt"
    from (
      select rsvp_id, 1 as rank from rsvp_links where luma_guest_id = ${lumaGuestId}
      union all
      select r.id, 2 from people p join rsvps r on r.person_id = p.id and r.event_id = ${eventId}::uuid where p.email = ${email}::text
    ) as candidate
      join rsvp_links l on l.rsvp_id = candidate.rsvp_id
      join rsvps r on r.id = l.rsvp_id and r.event_id = ${eventId}::uuid
    where l.base is not null and l.observed_at is not null
    order by candidate.rank
    limit 1`;
  if (link === undefined) return null;
  return { approvalStatus: link.base.luma, digest: link.base.digest, observedAt: link.observedAt };
}
