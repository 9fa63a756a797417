import type { Play } from '../play.js';
import type { TwoSides } from '../scenarios/two-sides.js';
import { personKeyOf } from './guests.js';
import type { Verdict } from './judge.js';

/** Luma may mail somebody about what the app said, once for each time it said something, and only where the calendar allows it. */
export function judgeMails(play: Play, sides: TwoSides, verdict: Verdict): void {
  const { mailOnRsvp = false, mailOnUpdate = false } = play.options;
  const ourIds = new Map([...play.tables.eventLinks].map(([id, link]) => [link.lumaEventId, id]));
  const counts = new Map<string, number>();
  for (const { kind, by, eventId, to } of play.luma.world.mails.list()) {
    if (by !== 'api') continue;
    const isAboutEvent = kind === 'event-updated';
    const who = personKeyOf(to);
    const key = `${isAboutEvent ? 'update' : 'answer'} of ${eventId} to ${who}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const id = ourIds.get(eventId) ?? '';
    const allowed = isAboutEvent
      ? mailOnUpdate
        ? (sides.edits.get(id) ?? 0)
        : 0
      : mailOnRsvp
        ? (sides.answered.get(`${id} ${who}`) ?? 0)
        : 0;
    if ((counts.get(key) ?? 0) > allowed)
      verdict.unwantedMails.push(`${kind} ${key}: ${counts.get(key)}, allowed ${allowed}`);
  }
}
