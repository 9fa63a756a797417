import { asUuid } from '../as-uuid.js';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

/*
 * Which records a caller that is bound to calendars sees and changes: those of its calendars. This file is the one
 * place that says which calendar a record belongs to.
 *
 * An event belongs to the calendar it is pinned to, else to the one the app asked for. An event without either is
 * unplaced: routing may still choose any calendar, so no bound caller reaches it. What hangs on an event (answers,
 * mails, conflicts, timelines) belongs where the event does. A coupon pool belongs to its calendar and to those of its
 * events, and is reached only by a caller that reaches them all.
 */

/** Calendars a caller reaches; null: every record. */
export type Reach = readonly string[] | null;

export type ReachedKind =
  | 'calendar'
  | 'event'
  | 'person'
  | 'operation'
  | 'delivery'
  | 'coupon_pool'
  | 'conflict'
  | 'message'
  | 'removal_question'
  | 'backfill'
  | 'backfill_question'
  | 'unreadable_record';

/** Calendar of an event. The names are our own: inside a list's query `e` would be another one. */
const EVENTS = Prisma.sql`events re left join event_links rl on rl.event_id = re.id`;
const OF_EVENT = Prisma.sql`coalesce(rl.calendar_id, re.calendar_id)`;

/** Without calendar and events it is unplaced, one row that is null. */
const ofPool = (id: Prisma.Sql): Prisma.Sql => Prisma.sql`
  select calendar_id from coupon_pools cp where cp.id = ${id}
    and (calendar_id is not null or not exists (select 1 from coupon_pool_events where pool_id = cp.id))
  union all
  select ${OF_EVENT} from ${EVENTS} join coupon_pool_events pe on pe.event_id = re.id where pe.pool_id = ${id}`;

/** The calendars of one record, one a row; null for a record that is on none, no row where there is no such record. */
const CALENDARS_OF: Record<ReachedKind, (key: string) => Prisma.Sql> = {
  calendar: (key) => Prisma.sql`select id as calendar_id from calendars where id = ${asUuid(key)}::uuid`,
  event: (key) => Prisma.sql`
    (select ${OF_EVENT} as calendar_id from ${EVENTS}
    where re.external_id = ${key} or re.id = ${asUuid(key)}::uuid order by (re.external_id = ${key}) desc nulls last
      limit 1)`,
  // People have no calendar: one is reached who answered an event that is. One such event is enough, so the others are
  // left out.
  person: (key) => Prisma.sql`
    select ${OF_EVENT} as calendar_id from ${EVENTS} join rsvps r on r.event_id = re.id join people p
      on p.id = r.person_id
    where p.external_id = ${key} or p.id = ${asUuid(key)}::uuid`,
  operation: (key) => Prisma.sql`select calendar_id from operations where id = ${asUuid(key)}::uuid`,
  delivery: (key) => Prisma.sql`select calendar_id from webhook_deliveries where id = ${asUuid(key)}::uuid`,
  coupon_pool: (key) => ofPool(Prisma.sql`${asUuid(key)}::uuid`),
  conflict: (key) => Prisma.sql`
    select ${OF_EVENT} as calendar_id
    from conflicts c left join rsvps r on c.record_type = 'rsvp' and r.id = c.record_id
      join ${EVENTS} on re.id = case when c.record_type = 'event' then c.record_id else r.event_id end
    where c.id = ${asUuid(key)}::uuid`,
  message: (key) => Prisma.sql`
    select ${OF_EVENT} as calendar_id
    from messages m left join coupon_assignments a on a.id = m.assignment_id left join (${EVENTS}) on re.id = a.event_id
    where m.id = ${asUuid(key)}::uuid`,
  removal_question: (key) => Prisma.sql`
    select case when q.record_type = 'event' then q.scope_id else ${OF_EVENT} end as calendar_id
    from removal_questions q left join (${EVENTS}) on q.record_type = 'rsvp' and re.id = q.scope_id
    where q.id = ${asUuid(key)}::uuid`,
  backfill: (key) => Prisma.sql`select calendar_id from backfill_plans where id = ${asUuid(key)}::uuid`,
  backfill_question: (key) => Prisma.sql`select calendar_id from backfill_questions where id = ${asUuid(key)}::uuid`,
  unreadable_record: (key) => Prisma.sql`select calendar_id from unreadable_records where id = ${asUuid(key)}::uuid`,
};

export type ReachFinding = 'within' | 'foreign' | 'absent';

/**
 * Whether a record is within reach. `foreign` and `absent` are answered alike; only a command that may create tells
 * them apart.
 */
export async function findWithinReach(db: Db, reach: Reach, kind: ReachedKind, key: string): Promise<ReachFinding> {
  if (reach === null) return 'within';
  const all = kind === 'person' ? Prisma.sql`bool_or` : Prisma.sql`bool_and`;
  const [found] = await db.$queryRaw<{ count: number; isWithin: boolean | null }[]>`
    select count(*)::int as count, ${all}(coalesce(c.calendar_id = any(${[...reach]}::uuid[]), false)) as "isWithin"
    from (${CALENDARS_OF[kind](key)}) c`;
  if (found === undefined || found.count === 0) return 'absent';
  return found.isWithin === true ? 'within' : 'foreign';
}

export const isCalendarWithin = (reach: Reach, calendarId: string | null): boolean =>
  reach === null || (calendarId !== null && reach.includes(calendarId));

/** For a list of events, by Prisma. */
export function eventsWithin(reach: Reach): Prisma.EventWhereInput[] {
  if (reach === null) return [];
  return [{ effectiveCalendarId: { in: [...reach] } }];
}

/** For a list of what has a calendar of its own, by Prisma. */
export const calendarsWithin = (reach: Reach): { calendarId?: { in: string[] } } =>
  reach === null ? {} : { calendarId: { in: [...reach] } };

/** For a list in SQL: whether the event of this id is within reach. */
export function eventIdWithin(reach: Reach, eventId: Prisma.Sql): Prisma.Sql {
  if (reach === null) return Prisma.sql`true`;
  return Prisma.sql`exists (
    select 1 from events re where re.id = ${eventId} and re.effective_calendar_id = any(${[...reach]}::uuid[]))`;
}

/** For a list in SQL: whether the coupon pool of this id is within reach. */
export function poolWithin(reach: Reach, poolId: Prisma.Sql): Prisma.Sql {
  if (reach === null) return Prisma.sql`true`;
  return Prisma.sql`(select bool_and(coalesce(c.calendar_id = any(${[...reach]}::uuid[]), false))
      from (${ofPool(poolId)}) c)`;
}
