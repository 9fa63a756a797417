import { EVENT_FIELDS, type EventState, type RsvpStatus, toEventState } from '@luma-sync/domain';
import { fieldsAtLuma, isEqual, type SimEvent } from '../luma/luma-fields.js';
import { findGuest } from '../luma/witness.js';
import type { AppEvent } from '../ours/app.js';
import { givePermit } from '../ours/mail-guard-twin.js';
import type { Play } from '../play.js';
import { description, type Someone, somebody, TIMEZONES, VISIBILITIES } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What each side last said of a field or an answer, and when; the judge compares with what came of it. */
export interface Said {
  value: unknown;
  at: number;
  /** What both sides had last agreed on: with it an app takes back what it said before and has not sent. */
  isBack?: boolean;
}

/** An app, its users, a host at Luma and the guests there: each does what such people do. */
export class TwoSides {
  readonly people: Someone[];
  readonly appEvents: string[] = [];
  /** By `<lumaEventId or key> <field>`. */
  readonly appSaid = new Map<string, Said[]>();
  readonly hostSaid = new Map<string, Said[]>();
  /** By `<lumaEventId> <mail>`. */
  readonly removedGuests = new Set<string>();
  /** What the app had us store of a person's answer, by `<eventId> <person>`. */
  readonly answers = new Map<string, Said[]>();
  readonly edits = new Map<string, number>();
  /** What an operator said of how many may be mailed about their answers. */
  readonly permits: { eventId: string; recipients: number; at: number }[] = [];
  readonly declinedThere = new Set<string>();
  /** Edits, answers and decisions that changed something, by side. */
  readonly changes = { app: 0, luma: 0 };
  #app = new Map<string, AppEvent>();
  #count = 0;

  constructor(
    private readonly play: Play,
    peopleCount: number,
  ) {
    this.people = Array.from({ length: peopleCount }, (_none, index) => ({
      ...somebody(index + 1),
      isLoud: play.dice.chance(0.3),
    }));
  }

  // ---------------------------------------------------------------- the app

  createAppEvent(): void {
    const key = `app-${this.appEvents.length + 1}`;
    this.appEvents.push(key);
    const startsAt = new Date(this.play.time.now() + this.play.dice.whole(30, 90) * DAY_MS);
    const event: AppEvent = {
      title: `Meetup ${key}`,
      descriptionMd: description(this.play.dice, this.#next()),
      startsAt,
      endsAt: new Date(startsAt.getTime() + 2 * HOUR_MS),
      timezone: 'Europe/Berlin',
      locationType: 'physical',
      locationName: 'Venue',
      locationAddress: 'Street 1',
      locationLat: 48.137154,
      locationLng: 11.576124,
      meetingUrl: null,
      visibility: 'public',
      capacity: 40,
    };
    this.#app.set(key, event);
    this.play.story.tell(() => `app: creates ${key}`);
    this.play.app.putEvent(key, event);
    this.#countEdit(key);
  }

  /** The app knows an event that began at Luma by our id, and states it whole as it was told. */
  editInApp(): void {
    const { play } = this;
    const key = this.#anyKey();
    const row = key === undefined ? undefined : play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const before = this.#app.get(key) ?? toAppEvent(row);
    const change = this.#change(before);
    const said = { ...before, ...change };
    const was = toEventState(row);
    if (play.app.putEvent(key, said)) {
      this.#countEdit(key);
      this.changes.app += 1;
      play.story.tell(() => `app: ${key} ${JSON.stringify(change)}`);
      this.#noteEdit(row.id, was, toEventState(row));
    } else play.story.tell(() => `app: ${key} ${JSON.stringify(change)} (no edit)`);
    // An app takes over what it is not allowed to change either.
    if (row.approval !== 'cancelled') this.#app.set(key, said);
  }

  /** One edit of the app's first event. */
  retitleInApp(title: string): void {
    const key = this.appEvents[0];
    const before = key === undefined ? undefined : this.#app.get(key);
    if (key === undefined || before === undefined) return;
    const said = { ...before, title };
    this.play.app.putEvent(key, said);
    this.#app.set(key, said);
  }

  repeatInApp(): void {
    const key = this.play.dice.pick(this.appEvents.length === 0 ? [''] : this.appEvents);
    const said = this.#app.get(key);
    if (said === undefined) return;
    this.play.story.tell(() => `app: repeats ${key}`);
    if (this.play.app.putEvent(key, said)) throw new Error('a repeated body was taken for an edit');
  }

  cancelOrApprove(): void {
    const key = this.#anyKey();
    const row = key === undefined ? undefined : this.play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const approval = row.approval === 'cancelled' ? 'approved' : 'cancelled';
    const was = toEventState(row);
    if (this.play.app.decideEvent(key, approval)) {
      this.#countEdit(key);
      this.play.story.tell(() => `app: ${key} is ${approval}`);
      this.#noteEdit(row.id, was, toEventState(row));
      // Cancelling says "private", also of an event that was so already.
      if (approval === 'cancelled') this.#push(this.appSaid, `${row.id} visibility`, 'private');
    }
  }

  answerInApp(): void {
    const key = this.#anyKey();
    if (key !== undefined) this.#answer(key, this.play.dice.pick(this.people));
  }

  /** Everybody answers one event in the same moment, and perhaps somebody has said before that so many may be mailed. */
  crowdInApp(isConfirmed: boolean): void {
    const { app, tables, time, story } = this.play;
    const key = this.#anyKey();
    const eventId = key === undefined ? undefined : app.findEvent(key)?.id;
    if (key === undefined || eventId === undefined) return;
    if (isConfirmed) {
      const word = { eventId, purpose: 'rsvp_push', recipients: this.people.length, actor: 'operator' } as const;
      this.permits.push({ eventId, recipients: givePermit(tables, time, word).recipients, at: time.now() });
      story.tell(() => `operator: ${word.recipients} people may be mailed about their answers to ${key}`);
    }
    for (const person of this.people) this.#answer(key, person);
  }

  #answer(key: string, person: Someone): void {
    const { dice, app, story } = this.play;
    const status = dice.pick<RsvpStatus>(['going', 'going', 'cancelled', 'pending', 'waitlist', 'interested']);
    const result = app.putRsvp(key, person.key, person, status);
    story.tell(() => `app: ${person.key} says ${status} to ${key}: ${result}`);
    if (result === 'refused') return;
    if (result !== 'stored') return;
    const row = app.findEvent(key);
    this.#noteAnswer(row?.id, person.key);
    this.changes.app += 1;
    const lumaEventId = this.play.tables.eventLinks.get(row?.id ?? '')?.lumaEventId ?? '';
    this.play.witness.appAnswered(lumaEventId, person.email);
  }

  changeMailInApp(): void {
    const person = this.play.dice.pick(this.people);
    const taken = { ...person, email: `${person.key}.${this.#next()}@example.org` };
    const key = this.#anyKey();
    const row = key === undefined ? undefined : this.play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const known = [...this.play.tables.people.values()].find(({ externalId }) => externalId === person.key);
    const rsvp = known === undefined ? undefined : this.play.tables.findRsvp(row.id, known.id);
    if (rsvp?.stated == null) return;
    const result = this.play.app.putRsvp(key, person.key, taken, rsvp.stated);
    this.play.story.tell(() => `app: ${person.key} has the mail ${taken.email} from now on: ${result}`);
    if (result === 'refused') return;
    person.email = taken.email;
    if (result === 'stored') this.#noteAnswer(row.id, person.key);
  }

  /** As it is stored: what the app merely repeats takes back nothing that was decided since. */
  #noteAnswer(eventId: string | undefined, personKey: string): void {
    const { tables } = this.play;
    const known = [...tables.people.values()].find(({ externalId }) => externalId === personKey);
    const rsvp = known === undefined ? undefined : tables.findRsvp(eventId ?? '', known.id);
    if (rsvp !== undefined) this.#push(this.answers, `${eventId} ${personKey}`, rsvp.status);
  }

  // ---------------------------------------------------------------- Luma

  createAtLuma(): void {
    const { luma, time, dice, story } = this.play;
    const startsAt = new Date(time.now() + dice.whole(30, 90) * DAY_MS);
    const { id } = luma.control.createEvent({
      name: `Luma event ${this.#next()}`,
      start_at: startsAt.toISOString(),
      end_at: new Date(startsAt.getTime() + HOUR_MS).toISOString(),
      timezone: 'UTC',
      description_md: description(dice, this.#next()) ?? '',
    });
    story.tell(() => `host: creates ${id} at Luma`);
  }

  editAtLuma(): void {
    const { luma, witness, story, dice } = this.play;
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    const n = this.#next();
    const start = new Date(Date.parse(event.startAt) + dice.whole(1, 30) * 60_000);
    const change = dice.pick<Parameters<typeof luma.control.changeEvent>[1]>([
      { name: `Host title ${n}` },
      { description_md: description(dice, n) ?? '' },
      { start_at: start.toISOString(), end_at: new Date(start.getTime() + HOUR_MS).toISOString() },
      { timezone: dice.pick(TIMEZONES) },
      { geo_address_json: { type: 'manual', address: `Host street ${n}` } },
      { geo_address_json: null, coordinate: null },
      { coordinate: { latitude: 10 + n / 1_000, longitude: 20 } },
      { meeting_url: `https://meet.example.org/host-${n}` },
      { visibility: dice.pick(VISIBILITIES) },
    ]);
    const was = fieldsAtLuma(event);
    luma.control.changeEvent(event.id, change);
    const is = fieldsAtLuma(event);
    const fields = EVENT_FIELDS.filter((field) => !isEqual(was[field], is[field]));
    if (fields.length > 0) this.changes.luma += 1;
    witness.hostEdited(event.id, fields);
    for (const field of fields) this.#push(this.hostSaid, `${event.id} ${field}`, is[field]);
    story.tell(() => `host: ${event.id} ${JSON.stringify(change)}`);
  }

  registerAtLuma(): void {
    const { luma, witness, story, dice } = this.play;
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    const person = dice.pick(this.people);
    const email = person.isLoud ? person.email.toUpperCase() : person.email;
    const known = findGuest(event, email);
    // Who is registered does not register again.
    if (known !== undefined && !['declined', 'invited'].includes(known.status)) return;
    const status = dice.pick(['approved', 'approved', 'pending_approval', 'waitlist', 'invited', 'session'] as const);
    const guest = {
      email,
      name: dice.chance(0.8) ? person.name : null,
      ...(dice.chance(0.5) ? { phone: person.phone } : {}),
    };
    const { guests } = luma.control.registerGuests(event.id, { guests: [guest], status, tickets: dice.whole(1, 3) });
    this.#decided(event, guests[0]?.id, status);
    witness.decidedThere(guests[0]?.id ?? '');
    story.tell(() => `guest: ${email} registers at ${event.id} as ${status}`);
  }

  decideAtLuma(): void {
    const { luma, witness, story, dice } = this.play;
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])];
    if (event === undefined || guests.length === 0) return;
    const guest = dice.pick(guests);
    const status = dice.pick(['approved', 'declined', 'declined', 'waitlist', 'pending_approval'] as const);
    if (guest.status === status) return;
    luma.control.changeGuest(event.id, guest.id, { status });
    witness.decidedThere(guest.id);
    this.#decided(event, guest.id, status);
    story.tell(() => `host: ${guest.email} at ${event.id} is ${status}`);
  }

  checkInAtLuma(): void {
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])].filter(({ tickets }) => tickets.length > 0);
    if (event === undefined || guests.length === 0) return;
    const guest = this.play.dice.pick(guests);
    this.play.luma.control.changeGuest(event.id, guest.id, { isCheckedIn: true });
    this.play.story.tell(() => `host: ${guest.email} is checked in at ${event.id}`);
  }

  removeGuestAtLuma(): void {
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])];
    if (event === undefined || guests.length === 0) return;
    const guest = this.play.dice.pick(guests);
    this.play.luma.control.removeGuest(event.id, guest.id);
    this.removedGuests.add(`${event.id} ${guest.email.toLowerCase()}`);
    this.removedGuests.add(`${event.id} ${guest.id}`);
    this.play.story.tell(() => `host: removes ${guest.email} from ${event.id}, and nothing tells of it`);
  }

  removeEventAtLuma(): void {
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    this.play.luma.control.removeEvent(event.id);
    this.play.story.tell(() => `host: removes ${event.id}`);
  }

  // ---------------------------------------------------------------- small things

  #decided(event: SimEvent, guestId: string | undefined, status: string): void {
    if (guestId === undefined) return;
    this.changes.luma += 1;
    this.#push(this.hostSaid, `${event.id} ${guestId}`, status);
    if (status === 'declined') this.declinedThere.add(guestId);
    else this.declinedThere.delete(guestId);
  }

  #change(before: AppEvent): Partial<AppEvent> {
    const { dice } = this.play;
    const n = this.#next();
    const startsAt = new Date(before.startsAt.getTime() + dice.whole(1, 30) * 60_000);
    return dice.pick<Partial<AppEvent>>([
      { title: `App title ${n}` },
      { descriptionMd: description(dice, n) },
      { startsAt, endsAt: new Date(startsAt.getTime() + 2 * HOUR_MS) },
      { timezone: dice.pick(TIMEZONES) },
      { locationName: `Venue ${n}` },
      { locationAddress: `App street ${n}`, locationLat: 40 + n / 1_000, locationLng: 12, locationType: 'physical' },
      { locationName: null, locationAddress: null, locationLat: null, locationLng: null, locationType: 'online' },
      { meetingUrl: dice.chance(0.3) ? null : `https://meet.example.org/app-${n}` },
      { visibility: dice.pick(VISIBILITIES) },
      { capacity: dice.chance(0.3) ? null : 10 + n },
    ]);
  }

  #anyKey(): string | undefined {
    const keys = [...this.play.tables.events.values()].map(({ id, externalId }) => externalId ?? id);
    return keys.length === 0 ? undefined : this.play.dice.pick(keys);
  }

  #anyAtLuma(): SimEvent | undefined {
    const events = [...this.play.luma.world.events.values()];
    return events.length === 0 ? undefined : this.play.dice.pick(events);
  }

  #countEdit(key: string): void {
    const id = this.play.app.findEvent(key)?.id ?? key;
    this.edits.set(id, (this.edits.get(id) ?? 0) + 1);
  }

  #noteEdit(eventId: string, was: EventState, is: EventState): void {
    const agreed = this.play.tables.eventLinks.get(eventId)?.base?.ours;
    for (const field of EVENT_FIELDS)
      if (!isEqual(was[field], is[field]))
        this.#push(this.appSaid, `${eventId} ${field}`, is[field], isEqual(is[field], agreed?.[field]));
  }

  #push(said: Map<string, Said[]>, key: string, value: unknown, isBack = false): void {
    const list = said.get(key) ?? [];
    list.push({ value, at: this.play.time.now(), isBack });
    said.set(key, list);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

function toAppEvent(row: AppEvent): AppEvent {
  const {
    title,
    descriptionMd,
    startsAt,
    endsAt,
    timezone,
    locationType,
    locationName,
    locationAddress,
    locationLat,
    locationLng,
    meetingUrl,
    visibility,
    capacity,
  } = row;
  return {
    title,
    descriptionMd,
    startsAt,
    endsAt,
    timezone,
    locationType,
    locationName,
    locationAddress,
    locationLat,
    locationLng,
    meetingUrl,
    visibility,
    capacity,
  };
}
