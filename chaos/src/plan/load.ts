import type { Random } from '@luma-sync/testkit';
import { type EventRole, type PlannedEvent, planEvents } from './events.js';
import type { Poison } from './poison.js';

/** What somebody does during a run. Events and people are numbers here; `names.ts` makes ids and addresses of them. */
export type Act =
  | { kind: 'put-event'; event: number; edit: EventEdit }
  | { kind: 'put-rsvp'; event: number; person: string; status: AppStatus }
  | { kind: 'decide'; event: number; person: string; status: AppStatus }
  | { kind: 'pull-guests'; event: number }
  | { kind: 'pull-calendar' }
  | { kind: 'check-drift' }
  /** At Luma itself from here on. */
  | { kind: 'register'; event: number; people: readonly string[] }
  | { kind: 'decline-at-luma'; event: number; person: string }
  | { kind: 'check-in'; event: number; person: string }
  | { kind: 'host-edit'; event: number; edit: HostEdit; isSilent: boolean }
  | { kind: 'host-create'; number: number };

export type AppStatus = 'going' | 'pending' | 'waitlist' | 'cancelled' | 'interested';
export type EventEdit = { title?: number; description?: number; capacity?: number; address?: number };
export type HostEdit = { title?: number; shiftHours?: number };

/** `chain`: acts of one chain happen one after the other, however late they are. */
export interface TimedAct {
  atMs: number;
  chain: string;
  act: Act;
}

export interface Load {
  /** Requests the app has in flight at once. */
  concurrency: number;
  events: readonly PlannedEvent[];
  acts: readonly TimedAct[];
  /** People who are known to both sides on their own: how many tickets they hold depends on who came first. */
  fromBothSides: ReadonlySet<string>;
  /** Its acts are among the others. Null: the run has none. */
  poison: Poison | null;
}

/** At full load. Together 2,000 RSVP commands and 200 edits of events. */
const RSVPS_FIRST = 1_600;
const RSVPS_CHANGED = 400;
const EDITS = 200;
const HOST_EDITS = 40;
const GUESTS_AT_LUMA = 300;
const FROM_BOTH_SIDES = 40;
const DECLINED_THERE = 60;

/** What the parts of a plan draw from and add to. The order of their draws decides what a seed plans. */
interface Draft {
  random: Random;
  events: readonly PlannedEvent[];
  count(full: number): number;
  withRole(...roles: EventRole[]): number[];
  /** @param from,to Parts of the duration. @returns the part of the duration that was drawn. */
  add(from: number, to: number, chain: string, act: Act): number;
}

/** The app's and Luma's people at work for `durationMs`, the same for the same seed. */
export function planLoad(random: Random, durationMs: number, load: number): Load {
  const events = planEvents(random, load);
  const acts: TimedAct[] = [];
  const draft: Draft = {
    random,
    events,
    count: (full) => Math.max(1, Math.round(full * load)),
    withRole: (...roles) => events.filter(({ role }) => roles.includes(role)).map(({ number }) => number),
    add: (from, to, chain, act) => {
      const atMs = Math.round(durationMs * (from + random.next() * (to - from)));
      acts.push({ atMs, chain, act });
      return atMs / durationMs;
    },
  };
  for (const { number } of events)
    draft.add(0, 0.08, `event ${number}`, { kind: 'put-event', event: number, edit: {} });
  planRsvps(draft);
  planGuestsAtLuma(draft);
  const fromBothSides = planPeopleOfBothSides(draft);
  planEdits(draft);
  planPulls(draft);
  const concurrency = Math.min(24, Math.max(4, Math.round(24 * load)));
  return { concurrency, events, acts: acts.sort((a, b) => a.atMs - b.atMs), fromBothSides, poison: null };
}

const rsvpChain = (event: number, person: string): string => `rsvp ${event} ${person}`;

/** RSVPs of the app, those that guests decline at Luma, and those that the app changes later. */
function planRsvps({ random, events, count, add }: Draft): void {
  const rsvps: { event: number; person: string; since: number; status: AppStatus }[] = [];
  for (let index = 0; index < count(RSVPS_FIRST); index += 1) {
    const event = index % events.length;
    // One in ten goes to a second event too.
    const isGuestElsewhere = index % 10 === 9 && index >= events.length;
    const person = isGuestElsewhere ? `member-${index - events.length + 1}` : `member-${index}`;
    if (rsvps.some((rsvp) => rsvp.event === event && rsvp.person === person)) continue;
    const status = drawStatus(random);
    const since = add(0.08, 0.7, rsvpChain(event, person), { kind: 'put-rsvp', event, person, status });
    rsvps.push({ event, person, since, status });
  }
  const shuffled = random.shuffle(rsvps);
  const declining = shuffled.filter(({ status }) => status === 'going').slice(0, count(DECLINED_THERE));
  for (const { event, person, since } of declining)
    add(Math.min(since + 0.15, 0.9), 1, rsvpChain(event, person), { kind: 'decline-at-luma', event, person });
  const changing = shuffled.filter((rsvp) => !declining.includes(rsvp));
  for (let index = 0; index < count(RSVPS_CHANGED); index += 1) {
    const rsvp = changing[index % changing.length];
    if (rsvp === undefined) break;
    const { event, person } = rsvp;
    rsvp.status = nextStatus(random, rsvp.status);
    const kind = random.chance(0.1) ? 'decide' : 'put-rsvp';
    rsvp.since = add(rsvp.since, 1, rsvpChain(event, person), { kind, event, person, status: rsvp.status });
  }
}

/** Guests who register at Luma; some check in, some decline. */
function planGuestsAtLuma({ random, events, count, add }: Draft): void {
  const visitors: { event: number; person: string; since: number }[] = [];
  for (let index = 0; index < count(GUESTS_AT_LUMA / 5); index += 1) {
    const event = random.integer(0, events.length - 1);
    const people = Array.from({ length: 5 }, (_, number) => `visitor-${index}-${number}`);
    const since = add(0.15, 0.8, `luma ${event} ${index}`, { kind: 'register', event, people });
    visitors.push(...people.map((person) => ({ event, person, since })));
  }
  for (const [index, { event, person, since }] of random.shuffle(visitors).slice(0, count(60)).entries()) {
    const kind = index % 2 === 0 ? ('check-in' as const) : ('decline-at-luma' as const);
    add(since + 0.05, 1, rsvpChain(event, person), { kind, event, person });
  }
}

/** @returns people who register at Luma about when the app sends their RSVP. */
function planPeopleOfBothSides({ random, events, count, add }: Draft): Set<string> {
  const fromBothSides = new Set<string>();
  for (let index = 0; index < count(FROM_BOTH_SIDES); index += 1) {
    const event = random.integer(0, events.length - 1);
    const person = `both-${index}`;
    fromBothSides.add(person);
    const since = add(0.15, 0.8, rsvpChain(event, person), { kind: 'put-rsvp', event, person, status: 'going' });
    add(Math.max(0.12, since - 0.05), since + 0.05, `luma ${event} ${person}`, {
      kind: 'register',
      event,
      people: [person],
    });
  }
  return fromBothSides;
}

/** Edits of events by the app and by hosts. */
function planEdits({ random, events, count, withRole, add }: Draft): void {
  for (let index = 0; index < count(EDITS); index += 1) {
    const event = random.pick(events);
    add(0.1, 1, `event ${event.number}`, {
      kind: 'put-event',
      event: event.number,
      edit: drawEdit(random, event, index),
    });
  }
  const editedByHosts = withRole('host-moves', 'contested');
  for (let index = 0; index < count(HOST_EDITS) && editedByHosts.length > 0; index += 1) {
    const event = random.pick(editedByHosts);
    const edit = events[event]?.role === 'contested' ? { title: index + 1 } : { shiftHours: random.integer(1, 40) };
    add(0.2, 1, `host ${event}`, { kind: 'host-edit', event, edit, isSilent: random.chance(0.1) });
  }
  for (let number = 0; number < count(3); number += 1)
    add(0.1, 0.9, `host-create ${number}`, { kind: 'host-create', number });
}

function planPulls({ random, count, withRole, add }: Draft): void {
  for (const event of withRole('coupons')) {
    add(0.4, 0.7, `pull ${event}`, { kind: 'pull-guests', event });
    add(0.7, 1, `pull ${event}`, { kind: 'pull-guests', event });
  }
  for (const event of random.shuffle(withRole('plain', 'host-moves')).slice(0, count(8)))
    add(0.3, 1, `pull ${event}`, { kind: 'pull-guests', event });
  for (let index = 0; index < 2; index += 1) add(0.3, 0.95, 'drift', { kind: 'check-drift' });
  add(0.3, 0.9, 'calendar', { kind: 'pull-calendar' });
}

function drawStatus(random: Random): AppStatus {
  const drawn = random.next();
  return drawn < 0.86 ? 'going' : drawn < 0.91 ? 'pending' : drawn < 0.97 ? 'waitlist' : 'interested';
}

function nextStatus(random: Random, now: AppStatus): AppStatus {
  if (now === 'going') return random.chance(0.8) ? 'cancelled' : 'waitlist';
  return 'going';
}

function drawEdit(random: Random, { role }: PlannedEvent, index: number): EventEdit {
  const edits: EventEdit[] = [{ description: index + 1 }, { capacity: 50 + index }, { address: index + 1 }];
  // A mail names its event: with another title a repeat of it would be another mail, which the provider refuses under
  // the same key.
  if (role !== 'coupons') edits.push({ title: index + 1 }, { title: index + 1 });
  return random.pick(edits);
}
