import { slugOfUrl } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { Event, EventLink, Prisma } from '../generated/client.js';
import { eventsWithin, type Reach } from '../reach/reach.js';
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
  const atLuma = query.lumaUrl === undefined ? [] : [{ id: { in: await findAtLumaUrl(db, query.lumaUrl) } }];
  const rows = await db.event.findMany({
    where: { AND: [...toConditions(query), ...atLuma] },
    include: EVENT_VIEW,
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: query.limit,
  });
  return toEventViews(db, rows);
}

function toConditions({
  calendarId,
  organizationId,
  from,
  to,
  state,
  approval,
  lumaEventId,
  updatedSince,
  after,
  reach = null,
}: EventQuery): Prisma.EventWhereInput[] {
  const conditions: Prisma.EventWhereInput[] = eventsWithin(reach);
  if (calendarId !== undefined) conditions.push({ effectiveCalendarId: calendarId });
  if (organizationId !== undefined) conditions.push({ organizationId });
  if (from !== undefined) conditions.push({ startsAt: { gte: from } });
  if (to !== undefined) conditions.push({ startsAt: { lt: to } });
  if (approval !== undefined) conditions.push({ approval });
  if (state === 'pending_push') conditions.push({ OR: [{ link: { state } }, { link: null, approval: 'approved' }] });
  else if (state !== undefined) conditions.push({ link: { state } });
  if (lumaEventId !== undefined) conditions.push({ link: { lumaEventId } });
  if (updatedSince !== undefined) conditions.push({ updatedAt: { gte: updatedSince } });
  if (after !== undefined) {
    // Of its own, so that the index is entered where the page before ended.
    conditions.push({ startsAt: { gte: after.at } });
    conditions.push({ OR: [{ startsAt: { gt: after.at } }, { startsAt: after.at, id: { gt: after.id } }] });
  }
  return conditions;
}

/** By the address that was reserved, or that Luma shows by now; two looks, each by an index. */
async function findAtLumaUrl(db: Db, lumaUrl: string): Promise<string[]> {
  const slug = slugOfUrl(lumaUrl) ?? '';
  const links = await db.eventLink.findMany({ where: { slug }, select: { eventId: true } });
  const url = { in: [`https://luma.com/${slug}`, `https://lu.ma/${slug}`] };
  const events = await db.event.findMany({ where: { url }, select: { id: true } });
  return [...links.map(({ eventId }) => eventId), ...events.map(({ id }) => id)];
}
