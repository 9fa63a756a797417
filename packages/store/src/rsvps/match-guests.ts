import {
  identifyGuests,
  type PersonKeys,
  type RsvpBase,
  type RsvpKeys,
  type RsvpStatus,
  rsvpLinks,
  toAddressDigest,
  type UnleasedRead,
} from '@luma-sync/domain';
import type { Db } from '../database.js';
import { IS_LUMAS, IS_PROVEN } from '../people/is-proven.js';
import type { MatchedRsvp, ObservedGuest } from './rsvp-records.js';

export interface GuestMatch {
  guest: ObservedGuest;
  /** Our RSVP of this guest, when we have one. */
  rsvp: MatchedRsvp | null;
  /** The person, when we know them without an RSVP to this event. */
  personId: string | null;
  /** Our RSVP of the same person, when this is another entry of theirs at Luma, and the entry that it is linked to. */
  secondOf: { rsvpId: string; lumaGuestId: string | null } | null;
  /** The person whose claim on the guest's address ends. */
  displacedId: string | null;
  /** Whether it is stored when the guest registered. */
  isRegistrationKnown: boolean;
  /** What we hold of a person who is known from Luma alone, and when this guest was last seen. */
  lumas: LumasPerson | null;
  /**
   * The RSVP, or the one it is a second entry of, was written since the read began, and may know more than the read.
   */
  isContested: boolean;
}

export interface LumasPerson {
  email: string | null;
  name: string | null;
  phone: string | null;
  observedAt: Date | null;
}

interface MatchRow extends RsvpKeys {
  isLumas: boolean;
  isRegistrationKnown: boolean;
  observedAt: Date | null;
  status: RsvpStatus;
  revision: number;
  base: RsvpBase | null;
  pushedRevision: number | null;
  askedAt: Date | null;
  decidedBy: 'us' | 'luma_side' | 'unknown' | null;
  isContested: boolean;
}

/** Finds who each guest is to us (`identifyGuests`). */
export async function matchGuests(
  db: Db,
  eventId: string,
  guests: readonly ObservedGuest[],
  read: UnleasedRead | null,
): Promise<GuestMatch[]> {
  const since = read?.since ?? null;
  const newerThan = read === null ? null : new Date(read.observedAt.getTime() - rsvpLinks.CLOCKS_APART_MS);
  const ids = guests.map((guest) => guest.lumaGuestId);
  const emails = guests.flatMap((guest) => guest.email ?? []);
  const phones = guests.flatMap((guest) => guest.phone ?? []);
  // Each part goes by an index of its own. One condition over all of them would read every answer of the event for each
  // webhook.
  const rsvps = await db.$queryRaw<MatchRow[]>`
    with candidates as (
      select rsvp_id from rsvp_links where luma_guest_id = any(${ids}::text[])
      union select rsvp_id from rsvp_links where asked_email = any(${emails}::text[])
      union select r.id from people p join rsvps r on r.person_id = p.id and r.event_id = ${eventId}::uuid
        where p.email = any(${emails}::text[]) or p.phone = any(${phones}::text[])
    )
    select r.id as "rsvpId", r.person_id as "personId", p.email, p.name, p.phone, ${IS_PROVEN} as "isProven",
      ${IS_LUMAS} as "isLumas", l.observed_at as "observedAt",
      r.registered_at is not null as "isRegistrationKnown",
      r.status::text as status, r.revision,
      l.luma_guest_id as "lumaGuestId", l.asked_email as "askedEmail", l.base->>'luma' as "lumaStatus", l.base,
        l.pushed_revision as "pushedRevision", l.asked_at as "askedAt", l.decided_by::text as "decidedBy",
      coalesce(
        l.asked_at >= ${since}::timestamptz
          or (l.updated_at >= ${since}::timestamptz and (l.observed_at is null
            or l.observed_at > ${newerThan}::timestamptz)),
        false) as "isContested"
    from candidates c join rsvps r on r.id = c.rsvp_id join people p on p.id = r.person_id left join rsvp_links l
      on l.rsvp_id = r.id
    where r.event_id = ${eventId}::uuid`;
  const people = await db.$queryRaw<PersonKeys[]>`
    select p.id, p.email, p.name, p.phone, ${IS_PROVEN} as "isProven" from people p
    where p.email = any(${emails}::text[]) or p.phone = any(${phones}::text[])`;
  return identifyGuests(guests, rsvps, people).map(({ guest, rsvp, personId, secondOf, displacedId }) => ({
    guest,
    rsvp: rsvp === null ? null : toMatched(rsvp),
    personId,
    secondOf,
    displacedId,
    isRegistrationKnown: rsvp?.isRegistrationKnown === true,
    lumas: rsvp?.isLumas === true ? rsvp : null,
    isContested: (rsvp ?? secondOf)?.isContested === true,
  }));
}

/**
 * Without the guests of whom a push has found since the read began that Luma has them no longer: their RSVPs may be
 * linked to others by now.
 */
export async function leaveOutGone(
  db: Db,
  eventId: string,
  guests: readonly ObservedGuest[],
  read: UnleasedRead | null,
): Promise<readonly ObservedGuest[]> {
  if (read === null) return guests;
  const ids = guests.map(({ lumaGuestId }) => lumaGuestId);
  const rows = await db.$queryRaw<{ id: string }[]>`
    select l.gone_guest_id as id from rsvp_links l join rsvps r on r.id = l.rsvp_id
    where l.gone_guest_id = any(${ids}::text[]) and l.updated_at >= ${read.since}::timestamptz
      and r.event_id = ${eventId}::uuid`;
  const gone = new Set(rows.map(({ id }) => id));
  return guests.filter(({ lumaGuestId }) => !gone.has(lumaGuestId));
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
    lumasAddress: row.isLumas ? toAddressDigest(row.email) : undefined,
    link,
  };
}
