import type { StoredEntry } from '@luma-sync/timeline';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

export interface TimelineRow extends StoredEntry {
  id: bigint;
  recordType: string;
  recordId: string;
  eventId: string | null;
  at: Date;
  operationId: string | null;
  repeats: number;
  lastAt: Date | null;
}

export interface TimelineQuery {
  /** Entries after this id; null starts at the beginning. */
  after: bigint | null;
  limit: number;
}

/*
 * The ids of records are compared with a list of one, and the order begins with them: only the index of the record
 * gives that order. With `=` Postgres may walk all entries by id instead, and read every older one to find those of one
 * record.
 */

/** The story of one record that has no others below it, such as a calendar, oldest first. */
export const readRecordTimeline = (db: Db, recordId: string, query: TimelineQuery): Promise<TimelineRow[]> =>
  read(db, Prisma.sql`record_id = any(${[recordId]}::uuid[])`, query, Prisma.sql`record_id, id`);

/** The story of an event and of all its RSVPs and coupons, oldest first. */
export const readEventTimeline = (db: Db, eventId: string, query: TimelineQuery): Promise<TimelineRow[]> =>
  read(db, Prisma.sql`event_id = any(${[eventId]}::uuid[])`, query, Prisma.sql`event_id, id`);

/**
 * The story of one person's answer: what happened to it, to the codes it earned, and the runs that carried it with what
 * they asked of Luma. Oldest first.
 */
export const readRsvpTimeline = (
  db: Db,
  { rsvpId, eventId, personId }: { rsvpId: string; eventId: string; personId: string },
  query: TimelineQuery,
): Promise<TimelineRow[]> =>
  read(
    db,
    Prisma.sql`id in (
      select id from timeline where record_id = ${rsvpId}::uuid
      union
      select t.id from timeline t join coupon_assignments a on t.record_id = a.id
      where a.event_id = ${eventId}::uuid and a.person_id = ${personId}::uuid
      union
      select t.id from timeline t
      where t.fact = 'run' and t.event_id = ${eventId}::uuid
        and t.operation_id in (select operation_id from timeline where record_id = ${rsvpId}::uuid
          and operation_id is not null)
    )`,
    query,
  );

async function read(
  db: Db,
  where: Prisma.Sql,
  { after, limit }: TimelineQuery,
  order: Prisma.Sql = Prisma.sql`id`,
): Promise<TimelineRow[]> {
  const page = after === null ? where : Prisma.sql`${where} and id > ${after}`;
  return db.$queryRaw<TimelineRow[]>`
    select id, record_type as "recordType", record_id as "recordId", event_id as "eventId", at, kind::text as kind,
      actor,
      operation_id as "operationId", fact, message, details, repeats, last_at as "lastAt"
    from timeline where ${page} order by ${order} limit ${limit}`;
}
