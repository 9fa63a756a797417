import type { Db } from '../database.js';
import { type Conflict, Prisma } from '../generated/client.js';
import { eventIdWithin, type Reach } from '../reach/reach.js';
import { type ConflictView, toConflictViews } from './conflict-view.js';

export interface ConflictQuery {
  isOpen?: boolean | undefined;
  /** Of this event and its answers. */
  eventId?: string | undefined;
  /** Of this person's answers. */
  personId?: string | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { isOpen: boolean; at: Date; id: string } | undefined;
  limit: number;
}

/** One row where the record is still there. It is looked up by its key, for the rows of a page alone. */
const RECORD = Prisma.sql`(
  select 1 from events where c.record_type = 'event' and id = c.record_id
  union all select 1 from rsvps where c.record_type = 'rsvp' and id = c.record_id
  limit 1)`;

/** Open ones first, newest first. The open ones and the others have an index each, so that neither part is sorted. */
export async function listConflicts(db: Db, query: ConflictQuery): Promise<ConflictView[]> {
  const { isOpen, after, limit } = query;
  const open = isOpen === false || after?.isOpen === false ? [] : await readPart(db, query, true);
  const resolved = isOpen === true || open.length >= limit ? [] : await readPart(db, query, false);
  return toConflictViews(db, [...open, ...resolved].slice(0, limit));
}

async function readPart(
  db: Db,
  { eventId, personId, after, limit, reach = null }: ConflictQuery,
  isOpen: boolean,
): Promise<Conflict[]> {
  const conditions = [isOpen ? Prisma.sql`c.resolved_at is null` : Prisma.sql`c.resolved_at is not null`];
  if (eventId !== undefined) conditions.push(Prisma.sql`c.event_id = ${eventId}::uuid`);
  if (personId !== undefined)
    conditions.push(Prisma.sql`c.record_id in (select id from rsvps where person_id = ${personId}::uuid)`);
  if (reach !== null) conditions.push(eventIdWithin(reach, Prisma.sql`c.event_id`));
  if (after?.isOpen === isOpen)
    conditions.push(Prisma.sql`(c.created_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  return db.$queryRaw<Conflict[]>`
    select c.id, c.event_id as "eventId", c.record_type as "recordType", c.record_id as "recordId", c.field,
      c.base, c.ours, c.theirs, c.rule, c.resolution,
      c.created_at as "createdAt", c.resolved_at as "resolvedAt", c.resolved_by as "resolvedBy"
    from conflicts c cross join lateral ${RECORD} record
    where ${Prisma.join(conditions, ' and ')}
    order by c.created_at desc, c.id desc
    limit ${limit}`;
}

export async function findConflict(db: Db, id: string): Promise<ConflictView | null> {
  const conflict = await db.conflict.findUnique({ where: { id } });
  const [view] = conflict === null ? [] : await toConflictViews(db, [conflict]);
  return view ?? null;
}
