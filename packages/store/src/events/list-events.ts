import { slugOfUrl } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { type Event, type EventLink, Prisma } from '../generated/client.js';
import type { Reach } from '../reach/reach.js';
import { EVENT_VIEW, type EventView, toEventViews } from './event-view.js';

export interface EventQuery {
  /** The calendar an event is pinned to, or asks for while it is pinned to none. */
  calendarId?: string | undefined;
  organizationId?: string | undefined;
  /** Events that start at this moment or later. */
  from?: Date | undefined;
  /** Events that start before this moment. */
  to?: Date | undefined;
  state?: EventLink['state'] | undefined;
  approval?: Event['approval'] | undefined;
  lumaEventId?: string | undefined;
  /** Public address at Luma, with either of its hosts. */
  lumaUrl?: string | undefined;
  /** Events that changed at this moment or later. */
  updatedSince?: Date | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** By start, earliest first. */
export async function listEvents(db: Db, query: EventQuery): Promise<EventView[]> {
  const ids = await findEventIds(db, query);
  const rows = await db.event.findMany({
    where: { id: { in: ids } },
    include: EVENT_VIEW,
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
  });
  return toEventViews(db, rows);
}

/**
 * The ids of a page. Links have the start as well: a list by state needs one index, of links, and another one of
 * events.
 */
async function findEventIds(db: Db, query: EventQuery): Promise<string[]> {
  const { state, lumaUrl, limit } = query;
  const events = await toEventsSource(db, query);
  const conditions = toConditions(query);
  if (lumaUrl !== undefined) conditions.push(Prisma.sql`e.id = any(${await findAtLumaUrl(db, lumaUrl)}::uuid[])`);
  if (state === undefined) return selectIds(db, fromEvents(events, conditions, limit), limit);
  const linked = fromLinks(events, conditions, { ...query, state });
  if (state !== 'pending_push') return selectIds(db, linked, limit);
  const unlinked = fromEvents(events, [...conditions, NOT_LINKED], limit);
  return selectIds(db, Prisma.sql`(${linked}) union all (${unlinked})`, limit);
}

/** What an approved event is before its first push. */
const NOT_LINKED = Prisma.sql`e.approval = 'approved' and not e.is_linked`;

async function selectIds(db: Db, page: Prisma.Sql, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from (${page}) p order by starts_at, id limit ${limit}`;
  return rows.map(({ id }) => id);
}

const fromEvents = (events: Prisma.Sql, conditions: readonly Prisma.Sql[], limit: number): Prisma.Sql => Prisma.sql`
  select e.starts_at, e.id from ${events} where ${join(conditions)} order by e.starts_at, e.id limit ${limit}`;

function fromLinks(
  events: Prisma.Sql,
  conditions: readonly Prisma.Sql[],
  { state, calendarId, from, to, after, limit, reach = null }: EventQuery & { state: EventLink['state'] },
): Prisma.Sql {
  const ofLink = [Prisma.sql`l.state = ${state}::event_link_state`, ...startConditions('l', { from, to })];
  if (calendarId !== undefined) ofLink.push(Prisma.sql`l.calendar_id = ${calendarId}::uuid`);
  if (reach !== null) ofLink.push(Prisma.sql`l.calendar_id = any(${[...reach]}::uuid[])`);
  if (after !== undefined)
    ofLink.push(Prisma.sql`(l.starts_at, l.event_id) > (${after.at}::timestamptz, ${after.id}::uuid)`);
  return Prisma.sql`
    select l.starts_at, l.event_id as id from event_links l join ${events} on e.id = l.event_id
    where ${join([...ofLink, ...conditions])} order by l.starts_at, l.event_id limit ${limit}`;
}

function toConditions(query: EventQuery): Prisma.Sql[] {
  const { calendarId, organizationId, approval, lumaEventId, updatedSince, after, reach = null } = query;
  const conditions = startConditions('e', query);
  if (reach !== null) conditions.push(Prisma.sql`e.effective_calendar_id = any(${[...reach]}::uuid[])`);
  if (calendarId !== undefined) conditions.push(Prisma.sql`e.effective_calendar_id = ${calendarId}::uuid`);
  if (organizationId !== undefined) conditions.push(Prisma.sql`e.organization_id = ${organizationId}::uuid`);
  if (approval !== undefined) conditions.push(Prisma.sql`e.approval = ${approval}::event_approval`);
  if (updatedSince !== undefined) conditions.push(Prisma.sql`e.updated_at >= ${updatedSince}::timestamptz`);
  if (lumaEventId !== undefined)
    conditions.push(Prisma.sql`e.id = (select event_id from event_links where luma_event_id = ${lumaEventId})`);
  if (after !== undefined)
    conditions.push(Prisma.sql`(e.starts_at, e.id) > (${after.at}::timestamptz, ${after.id}::uuid)`);
  return conditions;
}

function startConditions(table: 'e' | 'l', { from, to }: Pick<EventQuery, 'from' | 'to'>): Prisma.Sql[] {
  const startsAt = table === 'e' ? Prisma.sql`e.starts_at` : Prisma.sql`l.starts_at`;
  return [
    ...(from === undefined ? [] : [Prisma.sql`${startsAt} >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`${startsAt} < ${to}::timestamptz`]),
  ];
}

const join = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], ' and ');

/** So many events are sorted for one page. */
const FEW_MAX = 5_000;

/**
 * Where a page is read from: the few events that a filter leaves, or all of them in order. Postgres expects such events
 * to be spread evenly; those that changed lately are the last ones of the list, and it would read all the others first.
 * `offset 0` keeps it from that.
 */
async function toEventsSource(db: Db, { state, approval, updatedSince }: EventQuery): Promise<Prisma.Sql> {
  const narrow = [
    ...(updatedSince === undefined ? [] : [Prisma.sql`updated_at >= ${updatedSince}::timestamptz`]),
    // Nearly all events are approved; a link of another one is rare.
    ...(state === undefined || approval === undefined || approval === 'approved'
      ? []
      : [Prisma.sql`approval = ${approval}::event_approval`]),
  ];
  for (const condition of narrow) {
    const [row] = await db.$queryRaw<{ count: number }[]>`
      select count(*)::int as count from (select 1 from events where ${condition} limit ${FEW_MAX + 1}) few`;
    if (row !== undefined && row.count <= FEW_MAX)
      return Prisma.sql`(select * from events where ${condition} offset 0) e`;
  }
  return Prisma.sql`events e`;
}

/** By the address that was reserved, or that Luma shows by now; two looks, each by an index. */
async function findAtLumaUrl(db: Db, lumaUrl: string): Promise<string[]> {
  const slug = slugOfUrl(lumaUrl) ?? '';
  const links = await db.eventLink.findMany({ where: { slug }, select: { eventId: true } });
  const url = { in: [`https://luma.com/${slug}`, `https://lu.ma/${slug}`] };
  const events = await db.event.findMany({ where: { url }, select: { id: true } });
  return [...links.map(({ eventId }) => eventId), ...events.map(({ id }) => id)];
}
