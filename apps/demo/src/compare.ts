import type { Event, Rsvp } from '@luma-sync/client';
import type { SimEvent, SimGuest } from './luma.js';

export interface EventComparison {
  title: string;
  luma: string;
  differences: string[];
  /** Guests and RSVPs side by side. */
  ours: number;
  theirs: number;
  equal: number;
}

export interface Comparison {
  events: EventComparison[];
  /** On one side only, or different. */
  lost: string[];
}

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

/** Puts every event and every guest of both sides next to each other. */
export function compareSides(
  ours: readonly { event: Event; rsvps: readonly Rsvp[] }[],
  theirs: readonly SimEvent[],
): Comparison {
  const comparison: Comparison = { events: [], lost: [] };
  const unmatched = new Map(theirs.map((event) => [event.id, event]));
  for (const { event, rsvps } of ours) {
    const there = event.luma === null ? undefined : unmatched.get(event.luma.eventId);
    if (there === undefined) {
      comparison.lost.push(`event "${event.title}" is not at Luma`);
      continue;
    }
    unmatched.delete(there.id);
    const differences = compareEvent(event, there);
    const guests = compareGuests(event.title, rsvps, there.guests);
    comparison.lost.push(...differences.map((difference) => `event "${event.title}": ${difference}`), ...guests.lost);
    comparison.events.push({
      title: event.title,
      luma: there.url,
      differences,
      ours: rsvps.length,
      theirs: there.guests.length,
      equal: guests.equal,
    });
  }
  for (const event of unmatched.values()) comparison.lost.push(`event "${event.name}" at Luma is not here`);
  return comparison;
}

function compareEvent(ours: Event, theirs: SimEvent): string[] {
  const expectedVisibility = ours.approval === 'cancelled' ? 'private' : ours.visibility;
  const pairs: [string, unknown, unknown][] = [
    ['title', ours.title, theirs.name],
    ['start', new Date(ours.startsAt).getTime(), new Date(theirs.startAt).getTime()],
    ['end', new Date(ours.endsAt).getTime(), new Date(theirs.endAt).getTime()],
    ['time zone', ours.timezone, theirs.timezone],
    ['visibility', expectedVisibility, theirs.visibility],
  ];
  return pairs
    .filter(([, our, their]) => our !== their)
    .map(([field, our, their]) => `${field} is ${our} here and ${their} at Luma`);
}

function compareGuests(
  title: string,
  rsvps: readonly Rsvp[],
  guests: readonly SimGuest[],
): { equal: number; lost: string[] } {
  const lost: string[] = [];
  const unmatched = new Map(guests.map((guest) => [guest.email.toLowerCase(), guest]));
  let equal = 0;
  for (const rsvp of rsvps) {
    const guest = unmatched.get(rsvp.email ?? '');
    unmatched.delete(rsvp.email ?? '');
    // Somebody who cancelled before they were ever sent has no trace at Luma, and needs none.
    if (guest === undefined && AT_LUMA[rsvp.status] === 'declined') equal += 1;
    else if (guest === undefined) lost.push(`"${title}": an RSVP (${rsvp.status}) is not at Luma`);
    else if (AT_LUMA[rsvp.status] !== guest.status)
      lost.push(`"${title}": an RSVP is ${rsvp.status} here and ${guest.status} at Luma`);
    else equal += 1;
  }
  for (const guest of unmatched.values()) lost.push(`"${title}": a guest (${guest.status}) at Luma is not here`);
  return { equal, lost };
}
