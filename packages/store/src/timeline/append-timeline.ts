import type { TimelineFact } from '@luma-sync/timeline';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

export type TimelineRecordType = 'event' | 'rsvp' | 'calendar' | 'coupon';

interface AboutRecord {
  recordType: TimelineRecordType;
  recordId: string;
  /** The event the record belongs to; for an event itself this is filled in. */
  eventId?: string | null;
  operationId?: string | null;
}

/** Something that happened. Its message is made when it is read. */
export interface NewTimelineFact extends AboutRecord {
  fact: TimelineFact;
  /**
   * Who did it: `luma`, `luma-sync`, `schedule`, or the name of the API key or operator. Absent: as the fact itself
   * says.
   */
  actor?: string;
}

/** Appends in the caller's transaction, in the given order, with one statement. */
export async function appendTimeline(tx: Db, entries: readonly NewTimelineFact[]): Promise<void> {
  if (entries.length === 0) return;
  const values = entries.map(toRow).map(
    (row) => Prisma.sql`(${row.recordType}, ${row.recordId}::uuid, ${row.eventId}::uuid, ${row.actor},
      ${row.operationId}::uuid, ${row.fact}, ${row.details}::jsonb)`,
  );
  await tx.$executeRaw`
    insert into timeline (record_type, record_id, event_id, actor, operation_id, fact, details)
    values ${Prisma.join(values)}`;
}

export interface TimelineRowInput {
  recordType: TimelineRecordType;
  recordId: string;
  eventId: string | null;
  operationId: string | null;
  /** Null: as the fact itself says. */
  actor: string | null;
  fact: string;
  /** JSON */
  details: string;
}

export function toRow(entry: NewTimelineFact): TimelineRowInput {
  const about = {
    recordType: entry.recordType,
    recordId: entry.recordId,
    eventId: entry.eventId ?? (entry.recordType === 'event' ? entry.recordId : null),
    operationId: entry.operationId ?? null,
  };
  const { fact, ...data } = entry.fact;
  return { ...about, actor: entry.actor ?? null, fact, details: JSON.stringify(data) };
}
