import { type PersonRecord, rsvpLinks, toClaim } from '@luma-sync/domain';
import type { Trigger } from '@luma-sync/jobs';
import type { VirtualTime } from '../virtual-time.js';
import type { Operations } from './operations.js';
import type { RsvpRow, Tables } from './tables.js';

/** What both the app's commands and observations do to people: as `merge-person.ts` of the store. */
export class People {
  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
    private readonly time: VirtualTime,
  ) {}

  /** As `releaseEmail`. */
  release(person: PersonRecord): void {
    for (const rsvp of this.tables.rsvps.values()) {
      const link = this.tables.rsvpLinks.get(rsvp.id);
      if (rsvp.personId !== person.id || link === undefined) continue;
      this.tables.rsvpLinks.set(rsvp.id, rsvpLinks.releaseAddress(link, person.email, this.time.date()));
    }
    Object.assign(person, toClaim(person));
  }

  /** As `absorbPerson`. */
  absorb(kept: PersonRecord, absorbed: PersonRecord, request: { trigger: Trigger; actor: string }): boolean {
    const theirs = [...this.tables.rsvps.values()].filter((rsvp) => rsvp.personId === absorbed.id);
    const both = theirs.flatMap((rsvp) => {
      const ours = this.tables.findRsvp(rsvp.eventId, kept.id);
      return ours === undefined ? [] : [{ ours, rsvp }];
    });
    if (both.some(({ ours }) => this.#isAtLuma(ours))) return false;
    for (const { ours, rsvp } of both) {
      if (ours.stated !== null && ours.status !== 'interested') this.#carry(ours, rsvp, request);
      this.tables.rsvps.delete(ours.id);
      this.tables.rsvpLinks.delete(ours.id);
      for (const entry of this.tables.timeline) if (entry.recordId === ours.id) entry.recordId = rsvp.id;
    }
    for (const rsvp of theirs) rsvp.personId = kept.id;
    this.tables.people.delete(absorbed.id);
    return true;
  }

  #isAtLuma(rsvp: RsvpRow): boolean {
    const link = this.tables.linkOf(rsvp.id);
    return link !== null && (link.lumaGuestId !== null || link.askedAt !== null);
  }

  /** As `carryAnswers`. */
  #carry(ours: RsvpRow, theirs: RsvpRow, request: { trigger: Trigger; actor: string }): void {
    const { status, stated } = ours;
    Object.assign(theirs, { status, stated, revision: theirs.revision + 1, updated: this.tables.tick() });
    const link = this.tables.rsvpLinks.get(theirs.id);
    if (link !== undefined)
      this.tables.rsvpLinks.set(theirs.id, rsvpLinks.carryAnswer(link, theirs.revision, this.time.date()));
    this.operations.enqueue('rsvp.push', { eventId: theirs.eventId }, request);
  }
}
