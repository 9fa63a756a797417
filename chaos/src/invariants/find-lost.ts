import type { Event, EventInput, Rsvp } from '@luma-sync/client';
import type { SimEvent, SimGuest } from '../environment/luma.js';
import type { Load } from '../plan/load.js';
import { emailOf, eventKey } from '../plan/names.js';
import { type Book, guestKey } from '../play/book.js';
import type { OurEvent, Sides } from './read-sides.js';

/**
 * What Luma calls each of our answers; written down here again, so that the comparison does not trust what it judges.
 */
const AT_LUMA: Record<string, string> = {
  going: 'approved',
  pending: 'pending_approval',
  waitlist: 'waitlist',
  rejected: 'declined',
  cancelled: 'declined',
  interested: 'invited',
};

/**
 * Everything that one side has and the other has not or otherwise, and everything that was accepted, or done at Luma,
 * and is not to be seen. The poison cannot reach Luma; all else about its event counts.
 */
export function findLost(load: Load, book: Book, { ours, theirs }: Sides): string[] {
  const lost: string[] = [...book.refused.map((line) => `refused: ${line}`)];
  const unmatched = new Map(theirs.map((event) => [event.id, event]));
  const known = [...load.events.map(({ number }) => number), ...book.events.keys()];
  const numbers = new Map(known.map((number) => [eventKey(number), number]));
  const seen = new Set<string>();
  const poisonEmail = load.poison?.target === 'guest' ? emailOf(load.poison.person) : undefined;
  for (const our of ours) {
    const { externalId, title } = our.event;
    if (externalId !== null) seen.add(externalId);
    const there = our.event.luma === null ? undefined : unmatched.get(our.event.luma.eventId);
    if (there === undefined) {
      if (load.poison?.target === 'event' && externalId === eventKey(load.poison.event)) continue;
      lost.push(`event "${title}" (${our.event.sync.state}) is not at Luma`);
      continue;
    }
    unmatched.delete(there.id);
    const number = externalId === null ? undefined : numbers.get(externalId);
    const rsvps = our.rsvps.filter(({ email }) => email !== poisonEmail);
    const about = (line: string): string => `event "${title}": ${line}`;
    lost.push(...compareEvent(our, there).map(about), ...compareGuests(rsvps, there.guests).map(about));
    if (number === undefined) continue;
    const isContested = load.events[number]?.role === 'contested';
    lost.push(...againstBook(number, our, book, isContested).map(about));
    lost.push(...guestsAgainstBook(number, our, there, book).map(about));
  }
  for (const event of unmatched.values()) lost.push(`event "${event.name}" at Luma is not here`);
  for (const [number, said] of book.events)
    if (said.isSure && !seen.has(eventKey(number))) lost.push(`event ${number} was accepted and is not here`);
  for (const id of book.begunAtLuma)
    if (!theirs.some((event) => event.id === id)) lost.push(`event ${id}, begun at Luma, is gone`);
  return lost;
}

function compareEvent({ event }: OurEvent, there: SimEvent): string[] {
  const time = (text: string): number => new Date(text).getTime();
  const pairs: [string, unknown, unknown][] = [
    ['title', event.title, there.name],
    ['start', time(event.startsAt), time(there.startAt)],
    ['end', time(event.endsAt), time(there.endAt)],
    ['time zone', event.timezone, there.timezone],
    ['visibility', event.visibility, there.visibility],
    ['description', versionIn(event.description), versionIn(there.descriptionMd)],
    ['address', addressOf(event), there.geoAddress?.address ?? null],
    // Luma shows no capacity on reads: of an event that began there we know none.
    ...(event.source === 'app' ? [['capacity', event.capacity, there.maxCapacity] as [string, unknown, unknown]] : []),
  ];
  return pairs
    .filter(([, our, their]) => our !== their)
    .map(([field, our, their]) => `${field} is ${our} here and ${their} at Luma`);
}

/** Luma has one line for a place. */
const addressOf = ({ location: { name, address } }: Event): string | null =>
  [name, address].filter((part) => part !== null).join(', ') || null;

/** Luma rewrites a text, so not the whole of it is compared. */
const versionIn = (text: string | null): string | null => /Version \d+/.exec(text ?? '')?.[0] ?? null;

function compareGuests(rsvps: readonly Rsvp[], guests: readonly SimGuest[]): string[] {
  const lost: string[] = [];
  const unmatched = new Map(guests.map((guest) => [guest.email.toLowerCase(), guest]));
  for (const rsvp of rsvps) {
    const email = rsvp.email ?? '';
    const guest = unmatched.get(email);
    unmatched.delete(email);
    const expected = AT_LUMA[rsvp.status];
    if (guest === undefined) {
      // Who said no before they were ever sent, or never said yes, has no trace at Luma and needs none.
      if (expected !== 'declined' && expected !== 'invited') lost.push(`${email} (${rsvp.status}) is not at Luma`);
    } else if (expected !== guest.status && !(rsvp.status === 'interested' && guest.status === 'declined'))
      lost.push(`${email} is ${rsvp.status} here and ${guest.status} at Luma`);
    else if ((rsvp.checkedInAt !== null) !== (guest.checkedInAt !== null) && guest.checkedInAt !== null)
      lost.push(`the check-in of ${email} is not here`);
  }
  for (const guest of unmatched.values()) lost.push(`${guest.email} (${guest.status}) at Luma is not here`);
  return lost;
}

/** What the app and the hosts said last, each of its own fields. */
function againstBook(number: number, { event }: OurEvent, book: Book, isContested: boolean): string[] {
  const lost: string[] = [];
  const said = book.events.get(number);
  const expect = (field: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) lost.push(`${field} is ${actual}, and ${expected} was accepted last`);
  };
  if (said?.isSure === true) {
    const body: EventInput = said.body;
    if (!isContested) expect('title', event.title, body.title);
    expect('description', versionIn(event.description), versionIn(body.description ?? null));
    expect('capacity', event.capacity, body.capacity ?? null);
    expect('address', event.location.address, body.location?.address ?? null);
  }
  const moved = book.movedTo.get(number);
  if (moved !== undefined) {
    expect('start', new Date(event.startsAt).toISOString(), moved.startsAt.toISOString());
    expect('end', new Date(event.endsAt).toISOString(), moved.endsAt.toISOString());
  }
  return lost;
}

function guestsAgainstBook(number: number, our: OurEvent, there: SimEvent, book: Book): string[] {
  const lost: string[] = [];
  const rsvps = new Map(our.rsvps.map((rsvp) => [rsvp.email ?? '', rsvp]));
  const guests = new Map(there.guests.map((guest) => [guest.email.toLowerCase(), guest]));
  const ofEvent = (keys: Iterable<string>): string[] =>
    [...keys].filter((key) => key.startsWith(`${number} `)).map((key) => key.slice(key.indexOf(' ') + 1));
  for (const person of ofEvent(book.rsvps.keys())) {
    const said = book.rsvps.get(guestKey(number, person));
    const rsvp = rsvps.get(emailOf(person));
    if (said === undefined || !said.isSure) continue;
    if (rsvp === undefined) lost.push(`the answer of ${person} (${said.status}) was accepted and is not here`);
    else if (!book.declinedAtLuma.has(guestKey(number, person)) && AT_LUMA[rsvp.status] !== AT_LUMA[said.status])
      lost.push(`${person} is ${rsvp.status}, and ${said.status} was accepted last`);
  }
  for (const person of ofEvent(book.declinedAtLuma)) {
    const status = guests.get(emailOf(person))?.status;
    if (status !== 'declined') lost.push(`${person} declined at Luma and is ${status ?? 'gone'} there`);
  }
  for (const person of ofEvent(book.registered))
    if (!guests.has(emailOf(person))) lost.push(`${person} registered at Luma and is gone there`);
  return lost;
}
