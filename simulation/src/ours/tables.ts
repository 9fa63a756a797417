import {
  type EventLink,
  type EventRecord,
  isProven,
  type PersonRecord,
  type RsvpLink,
  type RsvpStatus,
  type Submitted,
} from '@luma-sync/domain';
import type { ObservedGuest, StoredDelivery, SyncEvent } from '@luma-sync/store';

/** Rows as Postgres holds them, as far as the rules of synchronising read or write them. */

export interface EventRow extends SyncEvent {
  locationType: 'physical' | 'online' | 'tbd';
  cancelMode: NonNullable<EventRecord['cancelMode']> | null;
  cancelledAt: Date | null;
  organizationId: string | null;
  /** What the app last submitted, by column. */
  stated: Submitted | null;
}

export interface RsvpRow {
  id: string;
  eventId: string;
  personId: string;
  status: RsvpStatus;
  stated: RsvpStatus | null;
  kind: string | null;
  checkedInAt: string | null;
  tickets: NonNullable<ObservedGuest['tickets']>;
  answers: readonly unknown[] | null;
  revision: number;
  /** Order of the last write, for what is served oldest first. */
  updated: number;
}

export interface ConflictRow {
  recordType: 'event' | 'rsvp';
  recordId: string;
  field: string;
  base: unknown;
  ours: unknown;
  theirs: unknown;
  rule: string;
  resolution: 'ours' | 'theirs';
}

export interface TimelineRow {
  recordType: 'event' | 'rsvp';
  recordId: string;
  kind: string;
  message: string;
}

/** A person's word that so many may be mailed. */
export interface MailPermitRow {
  id: string;
  eventId: string;
  purpose: 'event_update' | 'rsvp_push';
  recipients: number;
  used: number;
  actor: string;
  expiresAt: number;
}

/** The whole database of a run. */
export class Tables {
  readonly events = new Map<string, EventRow>();
  readonly eventLinks = new Map<string, EventLink>();
  /** Events about which a person is asked whether Luma has them already. */
  readonly eventsInDoubt = new Set<string>();
  readonly people = new Map<string, PersonRecord>();
  readonly rsvps = new Map<string, RsvpRow>();
  /** By RSVP. */
  readonly rsvpLinks = new Map<string, RsvpLink>();
  readonly conflicts: ConflictRow[] = [];
  readonly deliveries = new Map<string, StoredDelivery & { webhookId: string }>();
  /** The unique key of deliveries. */
  readonly webhookIds = new Set<string>();
  readonly timeline: TimelineRow[] = [];
  /** Luma's ids of records that cannot be read in full. */
  readonly unreadable = new Set<string>();
  /** Oldest first. */
  readonly mailPermits: MailPermitRow[] = [];
  #count = 0;

  /** A uuid that tells the order in which rows were made. */
  newId = (): string => {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, '0')}`;
  };

  tick(): number {
    this.#count += 1;
    return this.#count;
  }

  rsvpsOf(eventId: string): RsvpRow[] {
    return [...this.rsvps.values()].filter((rsvp) => rsvp.eventId === eventId);
  }

  findRsvp(eventId: string, personId: string): RsvpRow | undefined {
    return this.rsvpsOf(eventId).find((rsvp) => rsvp.personId === personId);
  }

  linkOf(rsvpId: string): RsvpLink | null {
    return this.rsvpLinks.get(rsvpId) ?? null;
  }

  personOf(rsvp: RsvpRow): PersonRecord | undefined {
    return this.people.get(rsvp.personId);
  }

  rsvpOfGuest(lumaGuestId: string): string | undefined {
    for (const [rsvpId, link] of this.rsvpLinks) if (link.lumaGuestId === lumaGuestId) return rsvpId;
    return undefined;
  }

  /** People as `identifyGuests` reads them. */
  peopleKeys() {
    return [...this.people.values()].map((person) => ({ ...person, isProven: isProven(person) }));
  }

  personByEmail(email: string): PersonRecord | undefined {
    return [...this.people.values()].find((person) => person.email === email);
  }

  note(entry: TimelineRow): void {
    this.timeline.push(entry);
  }
}

/** As a column of jsonb keeps it: what is undefined is gone. */
export function toJsonb<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
