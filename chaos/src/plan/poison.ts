/** What the process of an operation does each time it sends a request about the poison. */
export type Death =
  /** SIGKILL, as from the kernel when memory runs out. */
  | 'kill'
  | 'exit'
  /** The heap is filled until V8 gives up. */
  | 'memory'
  /** The event loop never comes back; the process ends when its guard kills it. */
  | 'loop';

/** One operation that kills its process every time, and operations that run beside it and must not suffer. */
export interface Poison {
  /** `event`: the push of one event kills. `guest`: the push of one RSVP kills. */
  target: 'event' | 'guest';
  death: Death;
  /** Number of the event that is the poison, or whose guest is. */
  event: number;
  person: string;
  /** Numbers of the events beside it: one operation each of the poison's kind. */
  innocents: readonly number[];
}

/** Name of the job that the poison kills. */
export const jobOf = ({ target }: Pick<Poison, 'target'>): string => (target === 'event' ? 'event.push' : 'rsvp.push');

/** Numbers that the load does not use for its own events. */
const FIRST_NUMBER = 200;
const INNOCENTS = 100;

/** Twenty seeds meet every death on both targets. */
const DEATHS: readonly Death[] = ['loop', 'exit', 'memory', 'kill'];

export function planPoison(seed: number): Poison {
  const event = FIRST_NUMBER;
  return {
    target: Math.floor(seed / DEATHS.length) % 2 === 0 ? 'event' : 'guest',
    death: DEATHS[seed % DEATHS.length] ?? 'kill',
    event,
    person: `poison-${event}`,
    innocents: Array.from({ length: INNOCENTS }, (_, index) => event + 1 + index),
  };
}
