import type { LocationType } from '../events/location-type.js';

export interface Place {
  lat: number;
  lng: number;
}

export interface RoutableCalendar {
  id: string;
  isDefault: boolean;
  routing: (Place & { radiusKm: number; priority: number }) | null;
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
 * The calendar an event goes to: of the circles that hold its place the one with the highest priority, then the
 * smallest, then the first; else the default one. An event without a place, and one that takes place online, goes to
 * the default.
 *
 * @param place Null for an event that takes place online, whatever coordinates it names.
 * @returns null when nothing matches and there is no default.
 */
export function routeToCalendar<C extends RoutableCalendar>(place: Place | null, calendars: readonly C[]): C | null {
  if (place !== null) {
    const [circle] = calendars.filter((calendar) => holds(calendar, place)).sort(byRank);
    if (circle !== undefined) return circle;
  }
  return calendars.find(({ isDefault }) => isDefault) ?? null;
}

/** Where an event counts as taking place: nowhere, for one that takes place online, whatever coordinates it names. */
export const toRoutingPlace = (locationType: LocationType | undefined, coordinate: Place | null): Place | null =>
  locationType === 'online' ? null : coordinate;

const holds = ({ routing }: RoutableCalendar, place: Place): boolean =>
  routing !== null && distanceKm(place, routing) <= routing.radiusKm;

/** Sorting is stable: equal ones stay in their order. */
const byRank = ({ routing: a }: RoutableCalendar, { routing: b }: RoutableCalendar): number =>
  a === null || b === null ? 0 : b.priority - a.priority || a.radiusKm - b.radiusKm;

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
