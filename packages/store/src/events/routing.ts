import { type RoutableCalendar, routeToCalendar, toRoutingPlace } from '@luma-sync/domain';
import type { Db } from '../database.js';

/** Luma calendars that take part in routing, oldest first: of equal circles the first one wins. */
export async function listRoutableCalendars(db: Db): Promise<RoutableCalendar[]> {
  const rows = await db.calendar.findMany({
    where: { kind: 'luma', syncEnabled: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      isDefault: true,
      routingLat: true,
      routingLng: true,
      routingRadiusKm: true,
      routingPriority: true,
    },
  });
  return rows.map(
    ({ id, isDefault, routingLat: lat, routingLng: lng, routingRadiusKm: radiusKm, routingPriority: priority }) => ({
      id,
      isDefault,
      routing: lat === null || lng === null || radiusKm === null ? null : { lat, lng, radiusKm, priority },
    }),
  );
}

/**
 * The calendar that a push of this event would choose now; null when none takes it. The push chooses again, and pins
 * it: until then this one tells whose work the push is.
 */
export async function findRoutedCalendarId(db: Db, eventId: string): Promise<string | null> {
  const event = await db.event.findUnique({
    where: { id: eventId },
    select: { locationLat: true, locationLng: true, locationType: true },
  });
  if (event === null) return null;
  const { locationType, locationLat: lat, locationLng: lng } = event;
  const coordinate = lat === null || lng === null ? null : { lat, lng };
  return routeToCalendar(toRoutingPlace(locationType, coordinate), await listRoutableCalendars(db))?.id ?? null;
}
