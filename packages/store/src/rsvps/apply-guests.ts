import { planGuestPage, type SecondEntry, withoutRepeats } from '@luma-sync/domain';
import { rsvpPush, type Trigger } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { LeaseHolder } from '../leases.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { type GuestMatch, leaveOutGone, matchGuests } from './match-guests.js';
import { leaveOutReusedIds } from './reused-guest-ids.js';
import type { ObservedGuest } from './rsvp-records.js';
import { noteSecondEntries } from './second-entries.js';
import { writeGuests } from './write-guests.js';

export interface GuestsObservation {
  eventId: string;
  calendarId: string;
  /** Side the event began on: its answers stay when both changed. */
  source: 'app' | 'luma' | 'ical';
  guests: readonly ObservedGuest[];
  /** When the request for them was made, or the webhook signed. */
  observedAt: Date;
  /**
   * Of a read that was made without the guests' lease: what `beginRead` answered before it. An RSVP written at or after
   * this moment may know more than the read, and is left alone. Absent for a read under the lease.
   */
  unleasedSince?: Date;
  via: string;
  trigger: Trigger;
}

export interface AppliedGuests {
  added: number;
  updated: number;
  unchanged: number;
  unknownStatus: number;
  /** Luma's ids of guests whose values Postgres refuses: nothing of them was stored, and the others were. */
  refused: string[];
  /** Person behind each guest, by Luma's guest id. */
  personIds: Map<string, string>;
  /**
   * Guests, by Luma's id, who differ from an RSVP that was written during the read: they were left alone, and a further
   * read settles them.
   */
  contested: string[];
  /** Guests who are a second entry of a person at this event. They say nothing while the first is there. */
  seconds: SecondEntry[];
}

/**
 * Merges guests as Luma shows them into our RSVPs, in the caller's transaction. Unchanged rows are not written.
 *
 * The caller holds the lease of the event's guests.
 */
export async function applyGuests(tx: Db, holder: LeaseHolder, observation: GuestsObservation): Promise<AppliedGuests> {
  const { eventId, calendarId, observedAt, unleasedSince, via } = observation;
  const read = unleasedSince === undefined ? null : { observedAt, since: unleasedSince };
  const about = { eventId, via, operationId: holder.operationId };
  const present = await leaveOutGone(tx, eventId, withoutRepeats(observation.guests), read);
  const shown = await leaveOutReusedIds(tx, present, about);
  const matches = await matchGuests(tx, eventId, shown, read);
  const { writes, contested, unchanged, unknownStatus, personIds, secondMatches, seconds } = planGuestPage(
    matches,
    observation,
  );
  await fillRegistrations(
    tx,
    matches.filter(({ rsvp }) => rsvp !== null),
  );
  await noteSecondEntries(tx, secondMatches, about);
  const written = await writeGuests(tx, writes, { ...about, observedAt });
  if (writes.some(({ plan }) => plan.pushNeeded)) {
    await enqueueOperation(
      tx,
      rsvpPush,
      { eventId },
      { trigger: observation.trigger, actor: via, eventId, calendarId },
    );
  }
  for (const [guestId, personId] of written.personIds) personIds.set(guestId, personId);
  const { added, updated } = written;
  return { added, updated, unchanged, unknownStatus, refused: [], personIds, contested, seconds };
}

/** What older versions left out: Luma shows it with every guest, and it is no news. */
async function fillRegistrations(tx: Db, known: readonly GuestMatch[]): Promise<void> {
  const rows = known.flatMap(({ guest, rsvp, isRegistrationKnown }) =>
    rsvp === null || isRegistrationKnown || guest.registeredAt == null
      ? []
      : [{ id: rsvp.rsvpId, registeredAt: guest.registeredAt }],
  );
  if (rows.length === 0) return;
  await tx.$executeRaw`
    update rsvps r set registered_at = g."registeredAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, "registeredAt" timestamptz)
    where r.id = g.id and r.registered_at is null`;
}
