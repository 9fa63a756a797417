import { normalizeEmail, type RsvpStatus, toApprovalStatus } from '@luma-sync/domain';
import type { Operations } from './operations.js';
import { newRsvpLink } from './rsvp-twin.js';
import type { EventRow, PersonRow, RsvpRow, Tables } from './tables.js';

/** The columns of an event that an app states. */
const APP_COLUMNS = [
  'title',
  'descriptionMd',
  'startsAt',
  'endsAt',
  'timezone',
  'locationType',
  'locationName',
  'locationAddress',
  'locationLat',
  'locationLng',
  'meetingUrl',
  'visibility',
  'capacity',
] as const satisfies readonly (keyof EventRow)[];
type Column = (typeof APP_COLUMNS)[number];
export type AppEvent = Pick<EventRow, Column>;

/** Without what is ours. */
export const toAppEvent = (row: AppEvent): AppEvent =>
  Object.fromEntries(APP_COLUMNS.map((column) => [column, row[column]])) as unknown as AppEvent;

/** As `requestEventPush`. */
const EDITS_GATHER_MS = 1_000;

const UNITS: readonly (readonly Column[])[] = [
  ['locationType', 'locationName', 'locationAddress', 'locationLat', 'locationLng'],
  ['startsAt', 'endsAt', 'timezone'],
];
const toJson = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
const isSame = (a: unknown, b: unknown): boolean => toJson(a) === toJson(b);

export interface AppPerson {
  name: string;
  email: string;
  /** The app of a run verifies addresses before it sends them. */
  emailVerified?: boolean;
  phone?: string | null;
}

type Address = Pick<PersonRow, 'email' | 'emailVerified' | 'claimedEmail'>;

/** What `/v1` does to Postgres: the app's events and answers, each with the push it needs. */
export class App {
  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
  ) {}

  findEvent(key: string): EventRow | undefined {
    for (const event of this.tables.events.values()) if (event.externalId === key || event.id === key) return event;
    return undefined;
  }

  /** As `putEvent`: what the app repeats is no edit, whatever happened at Luma since. @returns whether anything changed. */
  putEvent(key: string, said: AppEvent): boolean {
    const known = this.findEvent(key);
    const stated = Object.fromEntries(APP_COLUMNS.map((column) => [column, toJson(said[column])]));
    if (known === undefined) {
      const id = this.tables.newId();
      this.tables.events.set(id, {
        ...said,
        id,
        externalId: key,
        source: 'app',
        ownership: 'created',
        approval: 'approved',
        calendarId: null,
        revision: 1,
        coverUrl: null,
        tags: [],
        url: null,
        stated,
      });
      this.#note('event', id, 'created');
      this.#push(id);
      return true;
    }
    const isRepeated = (column: Column): boolean => {
      const unit = UNITS.find((columns) => columns.includes(column)) ?? [column];
      return unit.every((member) => known.stated !== null && known.stated[member] === toJson(said[member]));
    };
    const changed = APP_COLUMNS.filter((column) => !isRepeated(column) && !isSame(known[column], said[column]));
    if (changed.length > 0 && known.approval === 'cancelled') return false;
    known.stated = stated;
    if (changed.length === 0) return false;
    for (const column of changed) (known as unknown as Record<string, unknown>)[column] = said[column];
    known.revision += 1;
    this.#note('event', known.id, `revision ${known.revision}: ${changed.join(', ')} changed`);
    this.#push(known.id);
    return true;
  }

  /** As `cancelEvent` and `approveEvent`. @returns whether anything changed. */
  decideEvent(key: string, approval: 'approved' | 'cancelled'): boolean {
    const event = this.findEvent(key);
    if (event === undefined || event.approval === approval) return false;
    event.approval = approval;
    event.revision += 1;
    this.#note('event', event.id, `revision ${event.revision}: ${approval}`);
    this.#push(event.id);
    return true;
  }

  /** As `putRsvp`. */
  putRsvp(
    eventKey: string,
    personKey: string,
    person: AppPerson,
    said: RsvpStatus,
  ): 'stored' | 'unchanged' | 'refused' {
    const event = this.findEvent(eventKey);
    if (event === undefined) return 'refused';
    const takesPlace = said !== 'cancelled' && said !== 'rejected';
    if (event.approval === 'cancelled' && takesPlace) return 'refused';
    if (this.#wasDeclinedAtLuma(event.id, personKey, person, said)) return 'refused';
    const stored = this.#storePerson(personKey, person);
    if (stored === null) return 'refused';
    const rsvp = this.#writeAnswer(event.id, stored.id, said, stored.isChanged);
    if (rsvp === null) return 'unchanged';
    this.#note('rsvp', rsvp.id, `revision ${rsvp.revision}: ${rsvp.status}`);
    if (toApprovalStatus(rsvp.status) === null) return 'stored';
    const link = this.tables.rsvpLinks.get(rsvp.id);
    const own = event.approval === 'approved' ? rsvp.revision : 0;
    const ownAnswerRevision = Math.max(link?.ownAnswerRevision ?? 0, own);
    if (link === undefined) this.tables.rsvpLinks.set(rsvp.id, { ...newRsvpLink(), ownAnswerRevision });
    else Object.assign(link, { state: 'pending_push', lastError: null, ownAnswerRevision });
    this.operations.enqueue('rsvp.push', { eventId: event.id }, { trigger: 'api', actor: 'app' });
    return 'stored';
  }

  /** As `wasDeclinedAtLuma`. */
  #wasDeclinedAtLuma(eventId: string, key: string, wanted: AppPerson, said: RsvpStatus): boolean {
    const asked = toApprovalStatus(said);
    if (asked === null || asked === 'declined') return false;
    const byEmail =
      wanted.emailVerified === false ? undefined : this.tables.personByEmail(normalizeEmail(wanted.email));
    const isLumas = byEmail?.origin === 'luma' && byEmail.externalId === null;
    const ids = [...this.tables.people.values()]
      .filter((person) => person.externalId === key || person.id === key || (isLumas && person === byEmail))
      .map(({ id }) => id);
    return ids.some((id) => {
      const rsvp = this.tables.findRsvp(eventId, id);
      const link = rsvp === undefined ? undefined : this.tables.rsvpLinks.get(rsvp.id);
      if (rsvp === undefined || link === undefined || link.lumaGuestId === null || rsvp.stated === said) return false;
      return link.base?.luma === 'declined' && link.decidedBy !== 'us';
    });
  }

  #writeAnswer(eventId: string, personId: string, said: RsvpStatus, isPersonChanged: boolean): RsvpRow | null {
    const known = this.tables.findRsvp(eventId, personId);
    if (known === undefined) {
      const id = this.tables.newId();
      const updated = this.tables.tick();
      const empty = { kind: null, checkedInAt: null, tickets: [], answers: null };
      const rsvp: RsvpRow = { id, eventId, personId, status: said, stated: said, revision: 1, updated, ...empty };
      this.tables.rsvps.set(id, rsvp);
      return rsvp;
    }
    const isNews = known.stated !== said;
    const isWritten = (known.status !== said && isNews) || isPersonChanged;
    if (isWritten && isNews) known.status = said;
    known.stated = said;
    if (!isWritten) return null;
    known.revision += 1;
    known.updated = this.tables.tick();
    return known;
  }

  /** As `storePerson`. Null: the mail belongs to somebody else of the app. */
  #storePerson(key: string, wanted: AppPerson): { id: string; isChanged: boolean } | null {
    const email = normalizeEmail(wanted.email);
    const byKey = [...this.tables.people.values()].find((person) => person.externalId === key || person.id === key);
    const byEmail = this.tables.personByEmail(email);
    const { emailVerified = true } = wanted;
    const own = { email, emailVerified, claimedEmail: null };
    const isClaimed = this.tables.isClaimed(email, byKey);
    if (byEmail !== undefined && byEmail !== byKey) {
      if (byEmail.origin !== 'luma' || byEmail.externalId !== null) {
        if (!emailVerified || byEmail.emailVerified) return null;
        this.#release(byEmail);
        return this.#store(key, byKey, wanted, own);
      }
      if (!emailVerified) {
        if (isClaimed) return null;
        return this.#store(key, byKey, wanted, { email: null, emailVerified, claimedEmail: email });
      }
      if (byKey !== undefined) return this.#absorb(byKey, byEmail) ? this.#change(byKey, wanted, own, true) : null;
      byEmail.externalId = key;
      return this.#change(byEmail, wanted, own, false);
    }
    if (byEmail === undefined && isClaimed && !emailVerified) return null;
    return this.#store(key, byKey, wanted, own);
  }

  #store(key: string, known: PersonRow | undefined, wanted: AppPerson, address: Address) {
    if (known !== undefined) return this.#change(known, wanted, address, false);
    const id = this.tables.newId();
    const { name, phone = null } = wanted;
    this.tables.people.set(id, { id, externalId: key, name, ...address, phone, origin: 'app' });
    return { id, isChanged: true };
  }

  #change(person: PersonRow, wanted: AppPerson, address: Address, isChanged: boolean) {
    const phone = wanted.phone === undefined ? person.phone : wanted.phone;
    const next = { name: wanted.name, phone, ...address };
    const differs = (Object.keys(next) as (keyof typeof next)[]).some((field) => person[field] !== next[field]);
    Object.assign(person, next);
    return { id: person.id, isChanged: isChanged || differs };
  }

  /** As `releaseEmail`. */
  #release(person: PersonRow): void {
    for (const rsvp of this.tables.rsvps.values()) {
      const link = this.tables.rsvpLinks.get(rsvp.id);
      if (rsvp.personId !== person.id || link === undefined) continue;
      if ((link.askedEmail ?? person.email) !== person.email) continue;
      const { pushedRevision, askedRevision, ownAnswerRevision } = link;
      const kept = { pushedRevision, askedRevision, ownAnswerRevision };
      Object.assign(link, { ...newRsvpLink(), ...kept, state: 'unverified' });
    }
    Object.assign(person, { claimedEmail: person.email, email: null });
  }

  /** As `absorbPerson`. */
  #absorb(kept: PersonRow, absorbed: PersonRow): boolean {
    const theirs = [...this.tables.rsvps.values()].filter((rsvp) => rsvp.personId === absorbed.id);
    const both = theirs.flatMap((rsvp) => {
      const ours = this.tables.findRsvp(rsvp.eventId, kept.id);
      return ours === undefined ? [] : [{ ours, rsvp }];
    });
    const isAtLuma = ({ ours }: (typeof both)[number]): boolean => {
      const link = this.tables.rsvpLinks.get(ours.id);
      return link !== undefined && (link.lumaGuestId !== null || link.askedAt !== null);
    };
    if (both.some(isAtLuma)) return false;
    for (const { ours, rsvp } of both) {
      if (ours.stated !== null && ours.status !== 'interested') {
        Object.assign(rsvp, { status: ours.status, stated: ours.stated, updated: this.tables.tick() });
        rsvp.revision += 1;
        Object.assign(this.tables.rsvpLinks.get(rsvp.id) ?? {}, { state: 'pending_push' });
        this.operations.enqueue('rsvp.push', { eventId: rsvp.eventId }, { trigger: 'api', actor: 'app' });
      }
      this.tables.rsvps.delete(ours.id);
      this.tables.rsvpLinks.delete(ours.id);
    }
    for (const rsvp of theirs) rsvp.personId = kept.id;
    this.tables.people.delete(absorbed.id);
    return true;
  }

  #push(eventId: string): void {
    const link = this.tables.eventLinks.get(eventId);
    if (link !== undefined && link.state !== 'source_deleted')
      Object.assign(link, { state: 'pending_push', lastError: null });
    const inMs = link === undefined ? 0 : EDITS_GATHER_MS;
    this.operations.enqueue('event.push', { eventId }, { trigger: 'api', actor: 'app', inMs });
  }

  #note(recordType: 'event' | 'rsvp', recordId: string, message: string): void {
    this.tables.note({ recordType, recordId, kind: 'decided', message });
  }
}
