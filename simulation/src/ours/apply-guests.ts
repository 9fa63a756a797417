import {
  fillFromGuest,
  type GuestIdentity,
  type GuestPagePlan,
  type HeldRsvp,
  identifyGuests,
  isOnlyAtLuma,
  isProven,
  type PersonRecord,
  planGuestPage,
  planIdentityChange,
  type RsvpKeys,
  rsvpLinks,
  ruleOfConflict,
  toAddressDigest,
  toClaim,
  type UnleasedRead,
  withoutRepeats,
} from '@luma-sync/domain';
import type { AppliedGuests, GuestsObservation, ObservedGuest } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Operations } from './operations.js';
import { People } from './people.js';
import { type RsvpRow, type Tables, toJsonb } from './tables.js';

interface Candidate extends RsvpKeys {
  row: RsvpRow;
}

interface Match extends Omit<GuestIdentity<ObservedGuest, Candidate>, 'rsvp'> {
  rsvp: (HeldRsvp & { row: RsvpRow }) | null;
  /** The person of the RSVP, when Luma is all that is known of them. */
  lumas: PersonRecord | null;
  isContested: boolean;
}

type Write = GuestPagePlan<Match>['writes'][number];

/** As `applyGuests` of the store: merges guests as Luma shows them into our RSVPs. */
export class GuestMerge {
  readonly #people: People;

  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
    private readonly time: VirtualTime,
  ) {
    this.#people = new People(tables, operations, time);
  }

  apply(observation: GuestsObservation): AppliedGuests {
    const { eventId, observedAt, unleasedSince, via, trigger } = observation;
    const read = unleasedSince === undefined ? null : { observedAt, since: unleasedSince };
    const matches = this.#match(eventId, this.#leaveOut(eventId, withoutRepeats(observation.guests), read), read);
    const { writes, secondMatches, ...page } = planGuestPage(matches, observation);
    this.#noteSecondEntries(secondMatches);
    const written = this.#write(writes, observation);
    if (writes.some(({ plan }) => plan.pushNeeded))
      this.operations.enqueue('rsvp.push', { eventId }, { trigger, actor: via });
    return { ...page, ...written, refused: [], personIds: new Map([...page.personIds, ...written.personIds]) };
  }

  /** As `leaveOutGone` and `leaveOutReusedIds`. */
  #leaveOut(eventId: string, guests: readonly ObservedGuest[], read: UnleasedRead | null): ObservedGuest[] {
    const links = this.tables.rsvpsOf(eventId).flatMap(({ id }) => this.tables.rsvpLinks.get(id) ?? []);
    return guests.filter(({ lumaGuestId }) => {
      const holder = this.tables.rsvps.get(this.tables.rsvpOfGuest(lumaGuestId) ?? '');
      const isOfAnother = holder !== undefined && holder.eventId !== eventId;
      return !isOfAnother && !links.some((link) => rsvpLinks.isGoneSince(link, lumaGuestId, read));
    });
  }

  #match(eventId: string, guests: readonly ObservedGuest[], read: UnleasedRead | null): Match[] {
    const candidates = this.tables.rsvpsOf(eventId).map((row) => this.#toCandidate(row));
    return identifyGuests(guests, candidates, this.tables.peopleKeys()).map(({ rsvp, ...identity }) => {
      const row = (rsvp ?? identity.secondOf)?.row;
      const link = row === undefined ? null : this.tables.linkOf(row.id);
      return {
        ...identity,
        rsvp: rsvp === null ? null : this.#toHeld(rsvp.row),
        lumas: rsvp?.isLumas === true ? (this.tables.people.get(rsvp.personId) ?? null) : null,
        isContested: rsvpLinks.isContested(link, read),
      };
    });
  }

  #toCandidate(row: RsvpRow): Candidate {
    const person = this.tables.personOf(row);
    const link = this.tables.linkOf(row.id);
    const { email = null, name = null, phone = null } = person ?? {};
    return {
      ...{ row, rsvpId: row.id, personId: row.personId, email, name, phone },
      isProven: person !== undefined && isProven(person),
      isLumas: person !== undefined && isOnlyAtLuma(person),
      lumaGuestId: link?.lumaGuestId ?? null,
      askedEmail: link?.askedEmail ?? null,
      lumaStatus: link?.base?.luma ?? null,
    };
  }

  #toHeld(row: RsvpRow): HeldRsvp & { row: RsvpRow } {
    const person = this.tables.personOf(row);
    const lumasAddress = person !== undefined && isOnlyAtLuma(person) ? toAddressDigest(person.email) : undefined;
    return { row, status: row.status, revision: row.revision, lumasAddress, link: this.tables.linkOf(row.id) };
  }

  #noteSecondEntries(seconds: readonly Match[]): void {
    for (const { guest, secondOf } of seconds) {
      const recordId = secondOf?.row.id ?? '';
      const message = `Luma has a second entry of this person, ${guest.approvalStatus} (${guest.lumaGuestId})`;
      if (!this.tables.timeline.some((entry) => entry.recordId === recordId && entry.message === message))
        this.tables.note({ recordType: 'rsvp', recordId, kind: 'observed', message });
    }
  }

  #write(writes: readonly Write[], { eventId, observedAt }: GuestsObservation) {
    this.#followIdentities(writes, observedAt);
    const personIds = this.#ensurePeople(writes);
    const counts = { added: 0, updated: 0 };
    for (const write of writes) {
      const personId = personIds.get(write.match.guest.lumaGuestId);
      if (write.match.rsvp === null && personId !== undefined)
        counts.added += this.#insert(write, eventId, personId, observedAt) ? 1 : 0;
    }
    for (const write of writes)
      if (write.match.rsvp !== null) counts.updated += this.#update(write, write.match.rsvp, observedAt) ? 1 : 0;
    return { ...counts, personIds };
  }

  /** As `followIdentities`. */
  #followIdentities(writes: readonly Write[], observedAt: Date): void {
    const changes = writes.flatMap(({ match, plan }) => {
      const { guest, lumas, rsvp } = match;
      const link = rsvp === null ? null : this.tables.linkOf(rsvp.row.id);
      if (lumas === null || link?.lumaGuestId !== guest.lumaGuestId) return [];
      if (!rsvpLinks.isNewest(link, observedAt, this.time.date())) return [];
      const change = planIdentityChange(lumas, link.base, { ...guest, digest: plan.base.digest });
      return change === null ? [] : [{ match, person: lumas, ...change }];
    });
    for (const { person, email } of changes) if (email !== null) person.email = null;
    for (const { person, name, phone } of changes) Object.assign(person, { name, phone });
    for (const { match, person, email } of changes) if (email !== null) this.#takeAddress(match, person, email);
  }

  #takeAddress(match: Match, person: PersonRecord, email: string): void {
    const holder = this.tables.personByEmail(email);
    if (holder === undefined || !isProven(holder)) {
      if (holder !== undefined) Object.assign(holder, toClaim(holder));
      person.email = email;
      return;
    }
    const isMerged = this.#people.absorb(holder, person, { trigger: 'api', actor: 'luma-sync' });
    if (isMerged) match.personId = holder.id;
  }

  /** As `ensurePeople`. @returns the person of each guest, by Luma's id. */
  #ensurePeople(writes: readonly Write[]): Map<string, string> {
    const personIds = new Map<string, string>();
    for (const { match } of writes) {
      const displaced = this.tables.people.get(match.displacedId ?? '');
      if (displaced !== undefined && displaced.email !== null && !isProven(displaced))
        Object.assign(displaced, toClaim(displaced));
    }
    for (const { match } of writes) {
      const { guest } = match;
      const byEmail = guest.email === null ? undefined : this.tables.personByEmail(guest.email);
      if (match.personId === null) {
        const person = byEmail ?? this.#addPerson(guest);
        if (isProven(person)) personIds.set(guest.lumaGuestId, person.id);
        continue;
      }
      const known = this.tables.people.get(match.personId);
      if (known !== undefined) Object.assign(known, fillFromGuest(known, guest, byEmail !== undefined));
      personIds.set(guest.lumaGuestId, match.personId);
    }
    return personIds;
  }

  #addPerson({ name, email, phone }: ObservedGuest): PersonRecord {
    const id = this.tables.newId();
    const unproven = { externalId: null, emailVerified: false, claimedEmail: null };
    const person: PersonRecord = { id, name, email, phone, origin: 'luma', ...unproven };
    this.tables.people.set(id, person);
    return person;
  }

  #insert({ match: { guest }, plan }: Write, eventId: string, personId: string, observedAt: Date): boolean {
    const { lumaGuestId } = guest;
    const isKnown = this.tables.findRsvp(eventId, personId) ?? this.tables.rsvpOfGuest(lumaGuestId);
    if (isKnown !== undefined) return false;
    const row: RsvpRow = {
      ...{ id: this.tables.newId(), eventId, personId, status: plan.status, stated: null, revision: 1 },
      ...{ kind: null, checkedInAt: null, tickets: [], answers: null, updated: this.tables.tick() },
    };
    storeShown(row, guest);
    this.tables.rsvps.set(row.id, row);
    const link = rsvpLinks.linkNewGuest({ lumaGuestId, observedAt, plan }, this.time.date());
    this.tables.rsvpLinks.set(row.id, toStored(link));
    this.#note(row.id, `${plan.reason}: ${plan.status}`);
    return true;
  }

  #update({ match: { guest }, plan }: Write, held: HeldRsvp & { row: RsvpRow }, observedAt: Date): boolean {
    const { row } = held;
    const link = this.tables.linkOf(row.id);
    const at = this.time.date();
    const isGone = !this.tables.rsvps.has(row.id);
    if (isGone || row.revision !== held.revision || !rsvpLinks.isNewest(link, observedAt, at)) return false;
    const { lumaGuestId } = guest;
    const next = rsvpLinks.linkGuest(link, held, { lumaGuestId, observedAt, plan }, at);
    row.status = plan.status;
    row.updated = this.tables.tick();
    storeShown(row, guest);
    this.tables.rsvpLinks.set(row.id, toStored(next));
    this.#note(row.id, `${plan.reason}: ${plan.status}`);
    if (plan.conflict !== null) {
      const { base, ours, theirs, kept } = plan.conflict;
      const conflict = { base: base ?? 'none', ours, theirs, rule: ruleOfConflict(plan.conflict), resolution: kept };
      this.tables.conflicts.push({ recordType: 'rsvp', recordId: row.id, field: 'status', ...conflict });
    }
    return true;
  }

  #note(recordId: string, message: string): void {
    this.tables.note({ recordType: 'rsvp', recordId, kind: 'observed', message });
  }
}

const toStored = <T extends { base: unknown }>(link: T): T => ({ ...link, base: toJsonb(link.base) });

/** Unknown values are left as they are. */
function storeShown(row: RsvpRow, { kind, checkedInAt, tickets, answers }: ObservedGuest): void {
  if (kind !== undefined) row.kind = kind;
  if (checkedInAt !== undefined) row.checkedInAt = checkedInAt;
  row.tickets = tickets ?? row.tickets;
  row.answers = answers ?? row.answers;
}
