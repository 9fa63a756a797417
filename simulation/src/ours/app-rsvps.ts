import {
  type AppPersonInput,
  applyAnswer,
  holdsPlace,
  isOnlyAtLuma,
  normalizeEmail,
  type PersonFields,
  type PersonRecord,
  planPerson,
  type RsvpStatus,
  rsvpLinks,
  takesPlace,
  toApprovalStatus,
} from '@luma-sync/domain';
import type { VirtualTime } from '../virtual-time.js';
import type { Operations } from './operations.js';
import { People } from './people.js';
import type { EventRow, RsvpRow, Tables } from './tables.js';

export type PutRsvpOutcome = 'stored' | 'unchanged' | 'event-cancelled' | 'declined-at-luma' | 'email-taken';

const REQUEST = { trigger: 'api', actor: 'app' } as const;

/** The app's answers, as `putRsvp` of the store stores them. */
export class AppRsvps {
  readonly #people: People;

  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
    private readonly time: VirtualTime,
  ) {
    this.#people = new People(tables, operations, time);
  }

  put(event: EventRow, personKey: string, input: AppPersonInput, status: RsvpStatus): PutRsvpOutcome {
    if (event.approval === 'cancelled' && takesPlace(status)) return 'event-cancelled';
    if (this.#wasDeclinedAtLuma(event.id, personKey, input, status)) return 'declined-at-luma';
    const person = this.#storePerson(personKey, input);
    if (person === null) return 'email-taken';
    const rsvp = this.#writeAnswer(event.id, person.id, status, person.isChanged);
    if (rsvp === null) return 'unchanged';
    this.tables.note({
      ...{ recordType: 'rsvp', recordId: rsvp.id, kind: 'decided' },
      message: `revision ${rsvp.revision}: ${rsvp.status}`,
    });
    if (toApprovalStatus(rsvp.status) === null) return 'stored';
    const push = { revision: rsvp.revision, mayMail: true, isOwnAnswer: event.approval === 'approved' };
    const link = this.tables.linkOf(rsvp.id);
    this.tables.rsvpLinks.set(rsvp.id, rsvpLinks.requestRsvpPush(link, push, this.time.date()));
    this.operations.enqueue('rsvp.push', { eventId: event.id }, REQUEST);
    return 'stored';
  }

  /** As `wasDeclinedAtLuma`. */
  #wasDeclinedAtLuma(eventId: string, key: string, input: AppPersonInput, status: RsvpStatus): boolean {
    if (!holdsPlace(status)) return false;
    const byEmail = input.emailVerified === true ? this.tables.personByEmail(normalizeEmail(input.email)) : undefined;
    const isLumas = byEmail !== undefined && isOnlyAtLuma(byEmail);
    return [...this.tables.people.values()]
      .filter((person) => person.externalId === key || person.id === key || (isLumas && person === byEmail))
      .some(({ id }) => {
        const rsvp = this.tables.findRsvp(eventId, id);
        const link = rsvp === undefined ? null : this.tables.linkOf(rsvp.id);
        return link !== null && rsvp?.stated !== status && rsvpLinks.isRefusedAtLuma(link);
      });
  }

  #writeAnswer(eventId: string, personId: string, status: RsvpStatus, isPersonChanged: boolean): RsvpRow | null {
    const known = this.tables.findRsvp(eventId, personId);
    const { isChanged, ...answer } = applyAnswer(known ?? null, status, isPersonChanged);
    if (known === undefined) {
      const shown = { kind: null, checkedInAt: null, tickets: [], answers: null };
      const row = { id: this.tables.newId(), eventId, personId, ...answer, ...shown, updated: this.tables.tick() };
      this.tables.rsvps.set(row.id, row);
      return row;
    }
    Object.assign(known, answer);
    if (!isChanged) return null;
    known.updated = this.tables.tick();
    return known;
  }

  /** As `storePerson`. Null: the address belongs to another person of the app. */
  #storePerson(key: string, input: AppPersonInput): { id: string; isChanged: boolean } | null {
    const plan = planPerson(input, this.#findKnown(key, normalizeEmail(input.email)));
    switch (plan.kind) {
      case 'email-taken':
        return null;
      case 'create': {
        this.#release(plan.releasesId);
        return { id: this.#createPerson(key, plan.fields), isChanged: true };
      }
      case 'take-over':
        this.#change(plan.id, { ...plan.changes, externalId: key });
        return { id: plan.id, isChanged: Object.keys(plan.changes).length > 0 };
      case 'absorb': {
        const [kept, absorbed] = [this.tables.people.get(plan.id), this.tables.people.get(plan.absorbedId)];
        if (kept === undefined || absorbed === undefined) return null;
        if (!this.#people.absorb(kept, absorbed, REQUEST)) return null;
        this.#change(plan.id, plan.changes);
        return { id: plan.id, isChanged: true };
      }
      case 'update':
        this.#release(plan.releasesId);
        this.#change(plan.id, plan.changes);
        return { id: plan.id, isChanged: Object.keys(plan.changes).length > 0 };
    }
  }

  /** As `findKnown`. */
  #findKnown(key: string, email: string) {
    const people = [...this.tables.people.values()];
    const byKey = people.find(({ externalId }) => externalId === key) ?? this.tables.people.get(key) ?? null;
    return {
      byKey,
      byEmail: people.find((person) => person.email === email) ?? null,
      byClaim: people.find((person) => person.claimedEmail === email && person !== byKey) ?? null,
    };
  }

  #createPerson(externalId: string, fields: PersonFields): string {
    const id = this.tables.newId();
    this.tables.people.set(id, { id, externalId, origin: 'app', ...fields });
    return id;
  }

  #change(id: string, changes: Partial<PersonRecord>): void {
    const person = this.tables.people.get(id);
    if (person !== undefined) Object.assign(person, changes);
  }

  #release(personId: string | null): void {
    const person = this.tables.people.get(personId ?? '');
    if (person !== undefined) this.#people.release(person);
  }
}
