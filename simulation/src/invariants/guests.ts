import { toApprovalStatus, toRsvpStatus } from '@luma-sync/domain';
import { type SpoilWay, spoilWayOf } from '@luma-sync/luma-sim';
import type { SimEvent, SimGuest } from '../luma/luma-fields.js';
import type { EventRow, RsvpRow } from '../ours/tables.js';
import type { Play } from '../play.js';
import type { SaidBySides } from '../scenarios/said.js';
import type { Verdict } from './check-invariants.js';

export function checkGuests(play: Play, said: SaidBySides, verdict: Verdict): void {
  for (const event of play.tables.events.values()) {
    const link = play.tables.eventLinks.get(event.id);
    const theirs = play.luma.world.events.get(link?.lumaEventId ?? '');
    if (theirs === undefined || link?.state === 'source_deleted') continue;
    checkEvent(play, said, event, theirs, verdict);
  }
}

function checkEvent(play: Play, said: SaidBySides, event: EventRow, theirs: SimEvent, verdict: Verdict): void {
  const { tables } = play;
  const byGuest = new Map(
    tables.rsvpsOf(event.id).flatMap((rsvp) => {
      const lumaGuestId = tables.rsvpLinks.get(rsvp.id)?.lumaGuestId;
      return lumaGuestId == null ? [] : [[lumaGuestId, rsvp] as const];
    }),
  );
  for (const guest of theirs.guests.values()) {
    const rsvp = byGuest.get(guest.id);
    const way = spoilWayOf(play.luma.world.settings, 'guest', guest.id);
    if (way !== null) checkOdd(play, guest, way, verdict);
    if (way?.readable === 'none') continue;
    if (rsvp === undefined && (isToldOf(play, guest) || isLeftBehind(guest, byGuest, theirs))) continue;
    if (rsvp === undefined) verdict.diverged.push(`guest ${guest.email} of ${theirs.id} is not known here`);
    else checkPair(rsvp, guest, verdict);
  }
  for (const rsvp of tables.rsvpsOf(event.id))
    if (!isUnread(play, rsvp, theirs)) checkOurs(play, said, rsvp, theirs, verdict);
  const ours = [...theirs.guests.values()].filter(
    ({ id, adds, status }) => adds > 0 && status !== 'declined' && !isAddressHidden(play, id),
  );
  const keys = ours.map(({ email }) => personKeyOf(email));
  for (const key of new Set(keys))
    if (keys.filter((other) => other === key).length > 1)
      verdict.duplicates.push(`${key} is two guests of ${theirs.id}`);
}

/**
 * Nobody can tell by this entry whose it is, so it holds nobody back (docs/sync-rules.md): after a change of address
 * there may be a second one.
 */
const isAddressHidden = (play: Play, guestId: string): boolean =>
  ADDRESS_HIDDEN.has(spoilWayOf(play.luma.world.settings, 'guest', guestId)?.name ?? '');

const ADDRESS_HIDDEN = new Set(['guest.email-too-long', 'guest.email-number', 'guest.no-record']);

/** What cannot be read in full is listed; that nothing can be read of a guest excuses that guest, and nobody else. */
function checkOdd({ tables }: Play, guest: SimGuest, { name, readable }: SpoilWay, verdict: Verdict): void {
  // Not even an id is left to list it under.
  if (readable === 'whole' || name === 'guest.no-record') return;
  if (!tables.unreadable.has(guest.id)) verdict.diverged.push(`guest ${guest.id} (${name}) is listed nowhere`);
}

/** Luma has the person of this answer, in a form that cannot be read; perhaps under an address they have left since. */
function isUnread(play: Play, rsvp: RsvpRow, theirs: SimEvent): boolean {
  const emails = [play.tables.people.get(rsvp.personId)?.email, play.tables.rsvpLinks.get(rsvp.id)?.askedEmail];
  return [...theirs.guests.values()].some(
    (guest) =>
      spoilWayOf(play.luma.world.settings, 'guest', guest.id)?.readable === 'none' &&
      emails.some((email) => email != null && personKeyOf(email) === personKeyOf(guest.email)),
  );
}

/** The person behind a mail address of the scenario: `person3@…`, or `person-3.17@…` after a change. */
export const personKeyOf = (email: string): string => `person-${/^person-?(\d+)/i.exec(email)?.[1] ?? email}`;

/** A second entry of one person: one RSVP stands for them, and its trace names the other. */
const isToldOf = ({ tables }: Play, guest: SimGuest): boolean =>
  tables.timeline.some(({ message }) => message.includes('second entry') && message.includes(guest.id));

/** A refused entry of somebody who came back under another one. */
function isLeftBehind(guest: SimGuest, known: ReadonlyMap<string, unknown>, theirs: SimEvent): boolean {
  const others = [...theirs.guests.values()].filter((other) => other !== guest && known.has(other.id));
  return guest.status === 'declined' && others.some((other) => personKeyOf(other.email) === personKeyOf(guest.email));
}

function checkPair(rsvp: RsvpRow, guest: SimGuest, verdict: Verdict): void {
  // Nothing Luma can be told: what it held before stays there.
  if (rsvp.status === 'interested') return;
  const isSame = toApprovalStatus(rsvp.status) === guest.status || toRsvpStatus(guest.status) === rsvp.status;
  if (!isSame) verdict.diverged.push(`RSVP ${rsvp.id} is ${rsvp.status}, guest ${guest.email} is ${guest.status}`);
  const arrival =
    guest.tickets
      .map(({ checkedInAt }) => checkedInAt)
      .filter((at) => at !== null)
      .sort()[0] ?? null;
  if (rsvp.checkedInAt !== arrival)
    verdict.diverged.push(`RSVP ${rsvp.id} arrived ${rsvp.checkedInAt}, guest ${guest.email} ${arrival}`);
}

function checkOurs(play: Play, said: SaidBySides, rsvp: RsvpRow, theirs: SimEvent, verdict: Verdict): void {
  const link = play.tables.rsvpLinks.get(rsvp.id);
  const state = link?.state ?? 'pending_push';
  const wanted = toApprovalStatus(rsvp.status);
  if (wanted !== null && (state === 'pending_push' || state === 'unconfirmed' || state === 'push_failed'))
    verdict.diverged.push(`RSVP ${rsvp.id} (${rsvp.status}) is still ${state} ${link?.lastError?.code ?? ''}`);
  if (link?.lumaGuestId != null && theirs.guests.has(link.lumaGuestId)) return;
  const person = play.tables.people.get(rsvp.personId);
  const isRemoved =
    said.removedGuests.has(`${theirs.id} ${person?.email}`) || said.removedGuests.has(link?.lumaGuestId ?? '');
  if (wanted === null || wanted === 'declined' || isRemoved) return;
  verdict.diverged.push(`RSVP ${rsvp.id} of ${person?.email} is ${rsvp.status}, and there is no such guest at Luma`);
}
