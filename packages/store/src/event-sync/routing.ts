import type { RoutableCalendar } from '@luma-sync/domain';
import type { Db } from '../database.js';

/** Luma calendars that take part in routing, oldest first: that is the order in which circles are tried. */
export async function listRoutableCalendars(db: Db): Promise<RoutableCalendar[]> {
  const rows = await db.calendar.findMany({
    where: { kind: 'luma', syncEnabled: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, isDefault: true, routingLat: true, routingLng: true, routingRadiusKm: true },
  });
  return rows.map(({ id, isDefault, routingLat: lat, routingLng: lng, routingRadiusKm: radiusKm }) => ({
    id,
    isDefault,
    routing: lat === null || lng === null || radiusKm === null ? null : { lat, lng, radiusKm },
  }));
}
