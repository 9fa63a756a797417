import type { Load } from '../plan/load.js';
import { emailOf } from '../plan/names.js';
import type { Book } from '../play/book.js';
import type { Sides } from './read-sides.js';

/** Two of anything of which there must be one, on either side. */
export function findDuplicated(load: Load, book: Book, { ours, theirs, counters, mailbox }: Sides): string[] {
  const duplicated: string[] = [
    ...counters.duplicates.events.map(({ name, count }) => `"${name}" is ${count} events at Luma`),
    ...counters.duplicates.guests.map(({ email, eventId, count }) => `${email} is ${count} guests of ${eventId}`),
  ];
  const neverSent = load.poison?.target === 'event' ? 1 : 0;
  const expected = book.events.size - neverSent + book.begunAtLuma.length;
  if (counters.eventsCreated > expected)
    duplicated.push(`${counters.eventsCreated} events were created at Luma for ${expected} that there are`);
  const fromBothSides = new Set([...load.fromBothSides].map(emailOf));
  for (const event of theirs) {
    for (const { email, tickets } of event.guests) {
      // Who registers there at the very moment in which we add them holds two, whatever we do.
      if (tickets.length > 1 && !fromBothSides.has(email.toLowerCase()))
        duplicated.push(`${email} holds ${tickets.length} tickets for "${event.name}"`);
    }
  }
  duplicated.push(
    ...repeated(ours.map(({ event }) => event.luma?.eventId ?? null)).map((id) => `two events here stand for ${id}`),
    ...repeated(ours.flatMap(({ rsvps }) => rsvps.map((rsvp) => rsvp.luma?.guestId ?? null))).map(
      (id) => `two RSVPs stand for ${id}`,
    ),
    ...ours.flatMap(({ event, rsvps }) =>
      repeated(rsvps.map((rsvp) => rsvp.email)).map((email) => `${email} answers twice to "${event.title}" here`),
    ),
    ...repeated(mailbox.map(({ text }) => CODE.exec(text ?? '')?.[0] ?? null)).map(
      (code) => `code ${code} was mailed twice`,
    ),
  );
  return duplicated;
}

const CODE = /CHAOS-\d{5}/;

function repeated(values: readonly (string | null)[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const value of values) {
    if (value === null) continue;
    if (seen.has(value)) again.add(value);
    seen.add(value);
  }
  return [...again];
}
