export interface Place {
  lat: number;
  lng: number;
}

export interface RoutableCalendar {
  id: string;
  isDefault: boolean;
  routing: (Place & { radiusKm: number }) | null;
}

const EARTH_RADIUS_KM = 6_371.0088;

/** Great-circle distance (haversine), kilometres. */
export function distanceKm(a: Place, b: Place): number {
  const dLat = radians(b.lat - a.lat);
  const dLng = radians(b.lng - a.lng);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * The calendar an event goes to: the first circle that holds its place, else the default one. An event without a place goes to the default.
 *
 * @param calendars In the order their circles are tried.
 * @returns null when nothing matches and there is no default.
 */
export function routeToCalendar<C extends RoutableCalendar>(place: Place | null, calendars: readonly C[]): C | null {
  if (place !== null) {
    const circle = calendars.find(({ routing }) => routing !== null && distanceKm(place, routing) <= routing.radiusKm);
    if (circle !== undefined) return circle;
  }
  return calendars.find(({ isDefault }) => isDefault) ?? null;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
