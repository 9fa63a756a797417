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

/** Those that nobody has looked at first, newest first. */
export async function listConflicts(db: Db, query: ConflictQuery): Promise<ConflictView[]> {
  const { isOpen, eventId, personId, after, limit, reach = null } = query;
  const conditions = [Prisma.sql`(e.id is not null or r.id is not null)`];
  if (isOpen !== undefined) conditions.push(Prisma.sql`(c.resolved_at is null) = ${isOpen}`);
  if (eventId !== undefined) conditions.push(Prisma.sql`coalesce(e.id, r.event_id) = ${eventId}::uuid`);
  if (personId !== undefined) conditions.push(Prisma.sql`r.person_id = ${personId}::uuid`);
  if (reach !== null) conditions.push(eventIdWithin(reach, Prisma.sql`coalesce(e.id, r.event_id)`));
  if (after !== undefined)
    conditions.push(
      Prisma.sql`(c.resolved_at is null, c.created_at, c.id) < (${after.isOpen}, ${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  const rows = await db.$queryRaw<Conflict[]>`
    select c.id, c.record_type as "recordType", c.record_id as "recordId", c.field, c.base, c.ours, c.theirs, c.rule, c.resolution,
      c.created_at as "createdAt", c.resolved_at as "resolvedAt", c.resolved_by as "resolvedBy"
    from conflicts c
      left join events e on c.record_type = 'event' and e.id = c.record_id
      left join rsvps r on c.record_type = 'rsvp' and r.id = c.record_id
    where ${Prisma.join(conditions, ' and ')}
    order by (c.resolved_at is null) desc, c.created_at desc, c.id desc
    limit ${limit}`;
  return toConflictViews(db, rows);
}

export async function findConflict(db: Db, id: string): Promise<ConflictView | null> {
  const conflict = await db.conflict.findUnique({ where: { id } });
  const [view] = conflict === null ? [] : await toConflictViews(db, [conflict]);
  return view ?? null;
}
