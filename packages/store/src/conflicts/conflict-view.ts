import { type EventState, RSVP_STATUSES, type RsvpStatus, toEventState } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { toSyncEvent } from '../events/event-records.js';
import type { Conflict } from '../generated/client.js';

/** A field that both sides changed, with both values, and how it stands now. */
export interface ConflictView {
  id: string;
  recordType: 'event' | 'rsvp';
  /** What the event, and for an answer the person, is called in paths. */
  eventKey: string;
  personKey: string | null;
  field: string;
  /**
   * What both sides last agreed on. An event's values are as we hold them; of an answer, `theirs` and `base` are Luma's
   * own words.
   */
  base: unknown;
  ours: unknown;
  theirs: unknown;
  rule: string;
  /** Whose value was chosen, by the rule or, later, by a person. */
  kept: 'ours' | 'theirs';
  /** What we hold in this field now. */
  current: unknown;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
}

/** The record a conflict is about, as far as it is needed. */
export interface ConflictRecord {
  eventId: string;
  eventKey: string;
  personKey: string | null;
  read(field: string): unknown;
}

/** Conflicts of records that are gone are left out. */
export async function toConflictViews(db: Db, conflicts: readonly Conflict[]): Promise<ConflictView[]> {
  const records = await findRecords(db, conflicts);
  return conflicts.flatMap((conflict) => {
    const record = records.get(conflict.recordId);
    return record === undefined ? [] : [toConflictView(conflict, record)];
  });
}

function toConflictView(conflict: Conflict, { eventKey, personKey, read }: ConflictRecord): ConflictView {
  const { recordId: _recordId, eventId: _eventId, recordType, resolution, ...rest } = conflict;
  return {
    ...rest,
    recordType: recordType === 'rsvp' ? 'rsvp' : 'event',
    eventKey,
    personKey,
    kept: resolution === 'theirs' ? 'theirs' : 'ours',
    current: read(conflict.field),
  };
}

export async function findRecords(db: Db, conflicts: readonly Conflict[]): Promise<Map<string, ConflictRecord>> {
  const idsOf = (type: string) =>
    conflicts.filter(({ recordType }) => recordType === type).map(({ recordId }) => recordId);
  const events = await db.event.findMany({ where: { id: { in: idsOf('event') } } });
  const rsvps = await db.rsvp.findMany({
    where: { id: { in: idsOf('rsvp') } },
    select: {
      id: true,
      status: true,
      event: { select: { id: true, externalId: true } },
      person: { select: { id: true, externalId: true } },
    },
  });
  return new Map([
    ...events.map((event): [string, ConflictRecord] => {
      const state = toEventState(toSyncEvent(event));
      const read = (field: string) => state[field as keyof EventState] ?? null;
      return [event.id, { eventId: event.id, eventKey: event.externalId ?? event.id, personKey: null, read }];
    }),
    ...rsvps.map(({ id, status, event, person }): [string, ConflictRecord] => [
      id,
      {
        eventId: event.id,
        eventKey: event.externalId ?? event.id,
        personKey: person.externalId ?? person.id,
        read: () => status,
      },
    ]),
  ]);
}

export const isRsvpStatus = (value: unknown): value is RsvpStatus => RSVP_STATUSES.includes(value as RsvpStatus);
