import type { RsvpBase, RsvpStatus } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { MatchedRsvp, ObservedGuest } from './records.js';

export interface GuestMatch {
  guest: ObservedGuest;
  /** Our RSVP of this guest, when we have one. */
  rsvp: MatchedRsvp | null;
  /** The person, when we know them without an RSVP to this event. */
  personId: string | null;
}

interface MatchRow {
  rsvpId: string;
  personId: string;
  email: string | null;
  phone: string | null;
  status: RsvpStatus;
  revision: number;
  lumaGuestId: string | null;
  base: RsvpBase | null;
  pushedRevision: number | null;
  askedAt: Date | null;
  decidedBy: 'us' | 'luma_side' | 'unknown' | null;
}

/**
 * Finds who each guest is to us: by Luma's guest id, then by mail, then by phone. A phone only counts when a single person has it and is
 * not another guest of this event already, since families share phones.
 */
export async function matchGuests(db: Db, eventId: string, guests: readonly ObservedGuest[]): Promise<GuestMatch[]> {
  const ids = guests.map((guest) => guest.lumaGuestId);
  const emails = guests.map((guest) => guest.email);
  const phones = guests.flatMap((guest) => guest.phone ?? []);
  const rsvps = await db.$queryRaw<MatchRow[]>`
    select r.id as "rsvpId", r.person_id as "personId", p.email, p.phone, r.status::text as status, r.revision,
      l.luma_guest_id as "lumaGuestId", l.base, l.pushed_revision as "pushedRevision", l.asked_at as "askedAt", l.decided_by::text as "decidedBy"
    from rsvps r join people p on p.id = r.person_id left join rsvp_links l on l.rsvp_id = r.id
    where r.event_id = ${eventId}::uuid
      and (l.luma_guest_id = any(${ids}::text[]) or p.email = any(${emails}::text[]) or p.phone = any(${phones}::text[]))`;
  const people = await db.person.findMany({
    where: { OR: [{ email: { in: emails } }, { phone: { in: phones } }] },
    select: { id: true, email: true, phone: true },
  });
  const byGuestId = new Map(
    rsvps.flatMap((row) => (row.lumaGuestId === null ? [] : [[row.lumaGuestId, row] as const])),
  );
  const taken = new Set<string>();
  const claim = (row: MatchRow | undefined): MatchRow | null => {
    if (row === undefined || taken.has(row.rsvpId)) return null;
    taken.add(row.rsvpId);
    return row;
  };
  return guests.map((guest) => {
    const unlinked = rsvps.filter((row) => row.lumaGuestId === null);
    const row =
      claim(byGuestId.get(guest.lumaGuestId)) ??
      claim(rsvps.find((candidate) => candidate.email === guest.email)) ??
      claim(
        single(
          unlinked.filter(
            (candidate) => guest.phone !== null && candidate.phone === guest.phone && candidate.email === null,
          ),
        ),
      );
    if (row !== null) return { guest, rsvp: toMatched(row), personId: row.personId };
    const byEmail = people.find((person) => person.email === guest.email);
    const byPhone = single(
      people.filter((person) => guest.phone !== null && person.phone === guest.phone && person.email === null),
    );
    return { guest, rsvp: null, personId: byEmail?.id ?? byPhone?.id ?? null };
  });
}

function single<T>(candidates: readonly T[]): T | undefined {
  return candidates.length === 1 ? candidates[0] : undefined;
}

function toMatched(row: MatchRow): MatchedRsvp {
  const link =
    row.pushedRevision === null
      ? null
      : {
          base: row.base,
          pushedRevision: row.pushedRevision,
          askedAt: row.askedAt,
          decidedBy: row.decidedBy ?? 'unknown',
        };
  return {
    rsvpId: row.rsvpId,
    personId: row.personId,
    lumaGuestId: row.lumaGuestId,
    email: row.email,
    status: row.status,
    revision: row.revision,
    link,
  };
}
