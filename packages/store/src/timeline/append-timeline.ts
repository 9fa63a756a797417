import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

export type TimelineRecordType = 'event' | 'rsvp' | 'calendar' | 'coupon';
export type TimelineKind = 'observed' | 'decided' | 'skipped' | 'asked' | 'answered' | 'mailed';

/** One line of a record's story, in words an operator understands. No personal data in `message` and `details`. */
export interface NewTimelineEntry {
  recordType: TimelineRecordType;
  recordId: string;
  /** The event the record belongs to; for an event itself this is filled in. */
  eventId?: string | null;
  kind: TimelineKind;
  actor: string;
  operationId?: string | null;
  message: string;
  details?: Record<string, unknown>;
}

/** Appends in the caller's transaction, in the given order, with one statement. */
export async function appendTimeline(tx: Db, entries: readonly NewTimelineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const values = entries.map((entry) => {
    const eventId = entry.eventId ?? (entry.recordType === 'event' ? entry.recordId : null);
    const details = entry.details === undefined ? null : JSON.stringify(entry.details);
    return Prisma.sql`(${entry.recordType}, ${entry.recordId}::uuid, ${eventId}::uuid, ${entry.kind}::timeline_kind, ${entry.actor},
      ${entry.operationId ?? null}::uuid, ${entry.message}, ${details}::jsonb)`;
  });
  await tx.$executeRaw`
    insert into timeline (record_type, record_id, event_id, kind, actor, operation_id, message, details)
    values ${Prisma.join(values)}`;
}
