import type { Db } from '../database.js';
import { EVENT_VIEW, type EventView, toEventViews } from './event-view.js';

/**
 * Events of which Luma does not hold every field as we have it, by start, the last first. The query reads all links: it
 * is for an operator, not for an app.
 */
export async function listDifferingEvents(
  db: Db,
  { calendarId = null, limit }: { calendarId?: string | null | undefined; limit: number },
): Promise<EventView[]> {
  const found = await db.$queryRaw<{ id: string }[]>`
    select e.id from events e join event_links l on l.event_id = e.id
    where l.base -> 'notAtLuma' is not null and (${calendarId}::uuid is null or l.calendar_id = ${calendarId}::uuid)
    order by e.starts_at desc, e.id limit ${limit}`;
  const rows = await db.event.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: [{ startsAt: 'desc' }, { id: 'asc' }],
    include: EVENT_VIEW,
  });
  return (await toEventViews(db, rows)).filter(({ sync }) => sync.notAtLuma.length > 0);
}
