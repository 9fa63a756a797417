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
  const claims = new Claims(rsvps);
  // All by id first: a mail that moved from one guest to another must not take that other guest's row.
  for (const guest of guests) claims.take(guest, (row) => row.lumaGuestId === guest.lumaGuestId);
  for (const guest of guests) claims.take(guest, (row) => row.email === guest.email);
  for (const guest of guests) {
    const isSamePhone = (row: { email: string | null; phone: string | null }) =>
      guest.phone !== null && row.phone === guest.phone && row.email === null;
    claims.take(guest, (row) => row.lumaGuestId === null && isSamePhone(row));
  }
  const personIds = new Set(rsvps.map((row) => row.personId));
  return guests.map((guest) => {
    const row = claims.of(guest);
    if (row !== null) return { guest, rsvp: toMatched(row), personId: row.personId };
    const byEmail = people.find((person) => person.email === guest.email);
    // One who is on the event already, by another guest or from this very page, is not this guest.
    const byPhone = single(
      people.filter((person) => guest.phone !== null && person.phone === guest.phone && person.email === null),
    );
    const personId = byEmail?.id ?? (byPhone === undefined || personIds.has(byPhone.id) ? null : byPhone.id);
    if (personId !== null) personIds.add(personId);
    return { guest, rsvp: null, personId };
  });
}

/** Each RSVP goes to one guest, each guest to one RSVP. */
class Claims {
  private readonly taken = new Set<string>();
  private readonly byGuest = new Map<ObservedGuest, MatchRow>();

  constructor(private readonly rows: readonly MatchRow[]) {}

  /** Takes the RSVP that fits, if it is the only free one that does and the guest has none yet. */
  take(guest: ObservedGuest, fits: (row: MatchRow) => boolean): void {
    if (this.byGuest.has(guest)) return;
    const row = single(this.rows.filter((candidate) => !this.taken.has(candidate.rsvpId) && fits(candidate)));
    if (row === undefined) return;
    this.taken.add(row.rsvpId);
    this.byGuest.set(guest, row);
  }

  of(guest: ObservedGuest): MatchRow | null {
    return this.byGuest.get(guest) ?? null;
  }
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
