import { EVENT_FIELDS, type EventState, type RsvpStatus, toEventState } from '@luma-sync/domain';
import { isEqual } from '../luma/luma-fields.js';
import { type AppEvent, toAppEvent } from '../ours/app.js';
import { givePermit } from '../ours/mail-guard.js';
import type { Play } from '../play.js';
import type { SaidBySides } from './said.js';
import { description, type Someone, TIMEZONES, VISIBILITIES } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An app and its users. */
export class AppSide {
  /** Keys of the events it made. */
  readonly #own: string[] = [];
  /** What it believes of each event. */
  readonly #events = new Map<string, AppEvent>();

  constructor(
    private readonly play: Play,
    private readonly said: SaidBySides,
    private readonly people: readonly Someone[],
  ) {}

  createEvent(): void {
    const key = `app-${this.#own.length + 1}`;
    this.#own.push(key);
    const startsAt = new Date(this.play.time.now() + this.play.random.whole(30, 90) * DAY_MS);
    const event: AppEvent = {
      title: `Meetup ${key}`,
      descriptionMd: description(this.play.random, this.said.nextNumber()),
      startsAt,
      endsAt: new Date(startsAt.getTime() + 2 * HOUR_MS),
      timezone: 'Europe/Berlin',
      locationType: 'physical',
      locationName: 'Venue',
      locationAddress: 'Street 1',
      locationLat: 48.137154,
      locationLng: 11.576124,
      meetingUrl: null,
      coverUrl: null,
      visibility: 'public',
      capacity: 40,
      tags: [],
    };
    this.#events.set(key, event);
    this.play.trace.record(() => `app: creates ${key}`);
    this.play.app.putEvent(key, event);
    this.#countEdit(key);
  }

  /** The app knows an event that began at Luma by our id, and states it whole as it was told. */
  edit(): void {
    const { play } = this;
    const key = this.#anyKey();
    const row = key === undefined ? undefined : play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const before = this.#events.get(key) ?? toAppEvent(row);
    const change = this.#change(before);
    const said = { ...before, ...change };
    const was = toEventState(row);
    if (play.app.putEvent(key, said)) {
      this.#countEdit(key);
      this.said.changes.app += 1;
      play.trace.record(() => `app: ${key} ${JSON.stringify(change)}`);
      this.#noteEdit(row.id, was, toEventState(row));
    } else play.trace.record(() => `app: ${key} ${JSON.stringify(change)} (no edit)`);
    // An app takes over what it is not allowed to change either.
    if (row.approval !== 'cancelled') this.#events.set(key, said);
  }

  /** One edit of the app's first event. */
  retitle(title: string): void {
    const key = this.#own[0];
    const before = key === undefined ? undefined : this.#events.get(key);
    if (key === undefined || before === undefined) return;
    const said = { ...before, title };
    this.play.app.putEvent(key, said);
    this.#events.set(key, said);
  }

  repeat(): void {
    const key = this.play.random.pick(this.#own.length === 0 ? [''] : this.#own);
    const said = this.#events.get(key);
    if (said === undefined) return;
    this.play.trace.record(() => `app: repeats ${key}`);
    if (this.play.app.putEvent(key, said)) throw new Error('a repeated body was taken for an edit');
  }

  cancelOrApprove(): void {
    const key = this.#anyKey();
    const row = key === undefined ? undefined : this.play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const approval = row.approval === 'cancelled' ? 'approved' : 'cancelled';
    const was = toEventState(row);
    const { app } = this.play;
    if (approval === 'approved' ? app.approveEvent(key) : app.cancelEvent(key, 'hide')) {
      this.#countEdit(key);
      this.play.trace.record(() => `app: ${key} is ${approval}`);
      this.#noteEdit(row.id, was, toEventState(row));
      // Cancelling says "private", also of an event that was so already; approving takes that back.
      const { visibility } = toEventState(row);
      const agreed = this.play.tables.eventLinks.get(row.id)?.base?.ours.visibility;
      const isBack = approval === 'approved' && visibility === agreed;
      this.said.push(this.said.app, `${row.id} visibility`, visibility, { isBack });
    }
  }

  answer(): void {
    const key = this.#anyKey();
    if (key !== undefined) this.#answer(key, this.play.random.pick(this.people));
  }

  /**
   * Everybody answers one event in the same moment, and perhaps somebody has said before that so many may be mailed.
   */
  crowd(isConfirmed: boolean): void {
    const { app, tables, time, trace } = this.play;
    const key = this.#anyKey();
    const eventId = key === undefined ? undefined : app.findEvent(key)?.id;
    if (key === undefined || eventId === undefined) return;
    if (isConfirmed) {
      const word = { eventId, purpose: 'rsvp_push', recipients: this.people.length, actor: 'operator' } as const;
      this.said.permits.push({ eventId, recipients: givePermit(tables, time, word).recipients, at: time.now() });
      trace.record(() => `operator: ${word.recipients} people may be mailed about their answers to ${key}`);
    }
    for (const person of this.people) this.#answer(key, person);
  }

  #answer(key: string, person: Someone): void {
    const { random, app, trace } = this.play;
    const status = random.pick<RsvpStatus>(['going', 'going', 'cancelled', 'pending', 'waitlist', 'interested']);
    const result = app.putRsvp(key, person.key, person, status);
    trace.record(() => `app: ${person.key} says ${status} to ${key}: ${result}`);
    if (result !== 'stored') return;
    const row = app.findEvent(key);
    this.#noteAnswer(row?.id, person.key);
    this.said.changes.app += 1;
    const lumaEventId = this.play.tables.eventLinks.get(row?.id ?? '')?.lumaEventId ?? '';
    this.play.witness.appAnswered(lumaEventId, person.email);
  }

  changeMail(): void {
    const person = this.play.random.pick(this.people);
    const taken = { ...person, email: `${person.key}.${this.said.nextNumber()}@example.org` };
    const key = this.#anyKey();
    const row = key === undefined ? undefined : this.play.app.findEvent(key);
    if (key === undefined || row === undefined) return;
    const known = [...this.play.tables.people.values()].find(({ externalId }) => externalId === person.key);
    const rsvp = known === undefined ? undefined : this.play.tables.findRsvp(row.id, known.id);
    if (rsvp?.stated == null) return;
    const result = this.play.app.putRsvp(key, person.key, taken, rsvp.stated);
    this.play.trace.record(() => `app: ${person.key} has the mail ${taken.email} from now on: ${result}`);
    if (result !== 'stored' && result !== 'unchanged') return;
    person.email = taken.email;
    if (result === 'stored') this.#noteAnswer(row.id, person.key);
  }

  /** As it is stored: what the app merely repeats takes back nothing that was decided since. */
  #noteAnswer(eventId: string | undefined, personKey: string): void {
    const { tables } = this.play;
    const known = [...tables.people.values()].find(({ externalId }) => externalId === personKey);
    const rsvp = known === undefined ? undefined : tables.findRsvp(eventId ?? '', known.id);
    const isOwn = tables.events.get(eventId ?? '')?.approval === 'approved';
    if (rsvp !== undefined) this.said.push(this.said.answers, `${eventId} ${personKey}`, rsvp.status, { isOwn });
  }

  #change(before: AppEvent): Partial<AppEvent> {
    const { random } = this.play;
    const n = this.said.nextNumber();
    const startsAt = new Date(before.startsAt.getTime() + random.whole(1, 30) * 60_000);
    return random.pick<Partial<AppEvent>>([
      { title: `App title ${n}` },
      { descriptionMd: description(random, n) },
      { startsAt, endsAt: new Date(startsAt.getTime() + 2 * HOUR_MS) },
      { timezone: random.pick(TIMEZONES) },
      { locationName: `Venue ${n}` },
      { locationAddress: `App street ${n}`, locationLat: 40 + n / 1_000, locationLng: 12, locationType: 'physical' },
      { locationName: null, locationAddress: null, locationLat: null, locationLng: null, locationType: 'online' },
      { meetingUrl: random.chance(0.3) ? null : `https://meet.example.org/app-${n}` },
      { visibility: random.pick(VISIBILITIES) },
      { capacity: random.chance(0.3) ? null : 10 + n },
    ]);
  }

  #anyKey(): string | undefined {
    const keys = [...this.play.tables.events.values()].map(({ id, externalId }) => externalId ?? id);
    return keys.length === 0 ? undefined : this.play.random.pick(keys);
  }

  #countEdit(key: string): void {
    const id = this.play.app.findEvent(key)?.id ?? key;
    this.said.edits.set(id, (this.said.edits.get(id) ?? 0) + 1);
  }

  #noteEdit(eventId: string, was: EventState, is: EventState): void {
    const agreed = this.play.tables.eventLinks.get(eventId)?.base?.ours;
    for (const field of EVENT_FIELDS)
      if (!isEqual(was[field], is[field]))
        this.said.push(this.said.app, `${eventId} ${field}`, is[field], {
          isBack: isEqual(is[field], agreed?.[field]),
        });
  }
}
