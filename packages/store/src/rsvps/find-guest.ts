import { type RsvpBase, toAddressDigest } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { IS_LUMAS } from '../people/is-proven.js';

/** What we last saw Luma show of a guest; null when we never saw them on this event. */
export interface KnownGuest {
  approvalStatus: string;
  digest: string;
  /** Digest of the address it was shown under; absent when that is not known. */
  address?: string | undefined;
  observedAt: Date;
}

/** Two look-ups by key, whatever the event's size: each webhook of a guest asks this. */
export async function findKnownGuest(
  db: Db,
  eventId: string,
  lumaGuestId: string,
  email: string | null,
): Promise<KnownGuest | null> {
  const [link] = await db.$queryRaw<{ base: RsvpBase; observedAt: Date; email: string | null; isLumas: boolean }[]>`
    select l.base, l.observed_at as "observedAt", p.email, ${IS_LUMAS} as "isLumas"
    from (
      select rsvp_id, 1 as rank from rsvp_links where luma_guest_id = ${lumaGuestId}
      union all
      select r.id, 2 from people p join rsvps r on r.person_id = p.id and r.event_id = ${eventId}::uuid
        where p.email = ${email}::text
    ) as candidate
      join rsvp_links l on l.rsvp_id = candidate.rsvp_id
      join rsvps r on r.id = l.rsvp_id and r.event_id = ${eventId}::uuid
      join people p on p.id = r.person_id
    where l.base is not null and l.observed_at is not null
    order by candidate.rank
    limit 1`;
  if (link === undefined) return null;
  const { base, observedAt, isLumas } = link;
  const address = base.address ?? (isLumas ? toAddressDigest(link.email) : undefined);
  return { approvalStatus: base.luma, digest: base.digest, address, observedAt };
}
