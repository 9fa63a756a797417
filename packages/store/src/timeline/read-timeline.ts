import type { Db } from '../database.js';

export interface TimelineRow {
  id: bigint;
  recordType: string;
  recordId: string;
  eventId: string | null;
  at: Date;
  kind: 'observed' | 'decided' | 'skipped' | 'asked' | 'answered' | 'mailed';
  actor: string;
  operationId: string | null;
  message: string;
  details: unknown;
}

export interface TimelineQuery {
  /** Entries after this id; null starts at the beginning. */
  after: bigint | null;
  limit: number;
}

/** The story of one record, oldest first. */
export function readRecordTimeline(db: Db, recordId: string, { after, limit }: TimelineQuery): Promise<TimelineRow[]> {
  return db.timelineEntry.findMany({
    where: { recordId, ...(after === null ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit,
  });
}

/** The story of an event and of all its RSVPs, oldest first. */
export function readEventTimeline(db: Db, eventId: string, { after, limit }: TimelineQuery): Promise<TimelineRow[]> {
  return db.timelineEntry.findMany({
    where: { eventId, ...(after === null ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit,
  });
}
