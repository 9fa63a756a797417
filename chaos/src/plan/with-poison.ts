import type { Load, TimedAct } from './load.js';
import type { Poison } from './poison.js';

/** The events of a guest that kills are at Luma before its answer comes. */
const EVENTS_AT = 0.04;
const POISON_AT = 0.25;

/** The load with the poison in the midst of the operations beside it: all of them are asked for at one moment. */
export function withPoison(load: Load, poison: Poison, durationMs: number): Load {
  const { target, event, person, innocents } = poison;
  const half = innocents.length / 2;
  const events = [...innocents.slice(0, half), event, ...innocents.slice(half)];
  const at = (share: number): number => Math.round(durationMs * share);
  const acts = events.flatMap((number): TimedAct[] => {
    const put: TimedAct = {
      atMs: at(target === 'event' ? POISON_AT : EVENTS_AT),
      chain: `event ${number}`,
      act: { kind: 'put-event', event: number, edit: {} },
    };
    if (target === 'event') return [put];
    const guest = number === event ? person : innocentPerson(number);
    const answer: TimedAct = {
      atMs: at(POISON_AT),
      chain: `rsvp ${number} ${guest}`,
      act: { kind: 'put-rsvp', event: number, person: guest, status: 'going' },
    };
    return [put, answer];
  });
  return { ...load, poison, acts: [...load.acts, ...acts].sort((a, b) => a.atMs - b.atMs) };
}

const innocentPerson = (event: number): string => `innocent-${event}`;
