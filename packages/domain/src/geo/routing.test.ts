import { describe, expect, it } from '@jest/globals';
import { distanceKm, routeToCalendar, toRoutingPlace } from './routing.js';

const CENTRE = { lat: 12.93, lng: 77.63 };
const south = { id: 'south', isDefault: false, routing: { ...CENTRE, radiusKm: 500, priority: 0 } };
const city = { id: 'city', isDefault: false, routing: { ...CENTRE, radiusKm: 20, priority: 0 } };
const fallback = { id: 'default', isDefault: true, routing: null };
/** Degrees of latitude that are one kilometre, on the sphere of the haversine. */
const KM_NORTH = 1 / 111.19508;
const north = (km: number) => ({ lat: CENTRE.lat + km * KM_NORTH, lng: CENTRE.lng });

describe('great-circle distance', () => {
  it.each([
    ['the same place', CENTRE, CENTRE, 0],
    ['Bengaluru to Chennai', { lat: 12.9716, lng: 77.5946 }, { lat: 13.0827, lng: 80.2707 }, 290],
    ['Berlin to Munich', { lat: 52.52, lng: 13.405 }, { lat: 48.1374, lng: 11.5755 }, 504],
    ['over the date line', { lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }, 111],
    ['pole to pole', { lat: 90, lng: 0 }, { lat: -90, lng: 0 }, 20_015],
  ])('%s', (_, a, b, km) => {
    expect(Math.abs(distanceKm(a, b) - km)).toBeLessThan(1);
    expect(distanceKm(b, a)).toBeCloseTo(distanceKm(a, b), 9);
  });
});

describe('calendar for a place', () => {
  it.each([
    ['its very centre', CENTRE, 'south'],
    ['Chennai, 290 km away', { lat: 13.0827, lng: 80.2707 }, 'south'],
    ['499.9 km north', north(499.9), 'south'],
    ['500.1 km north', north(500.1), 'default'],
    ['Mumbai, 840 km away', { lat: 19.076, lng: 72.8777 }, 'default'],
    ['no place at all', null, 'default'],
  ])('500 km around 12.93, 77.63: %s', (_, place, id) => {
    expect(routeToCalendar(place, [fallback, south])?.id).toBe(id);
  });

  it('is the smallest circle that holds the place, whichever was made first', () => {
    expect(routeToCalendar(CENTRE, [city, south, fallback])?.id).toBe('city');
    expect(routeToCalendar(CENTRE, [south, city, fallback])?.id).toBe('city');
    expect(routeToCalendar(north(100), [city, south, fallback])?.id).toBe('south');
  });

  it('is the circle with the highest priority before the smallest, and the first of equal ones', () => {
    const first = { ...south, routing: { ...south.routing, priority: 1 } };
    expect(routeToCalendar(CENTRE, [city, first, fallback])?.id).toBe('south');
    expect(routeToCalendar(CENTRE, [city, { ...city, id: 'twin' }])?.id).toBe('city');
  });

  it('is the default for what takes place online, whatever coordinates it names', () => {
    expect(routeToCalendar(toRoutingPlace('online', CENTRE), [city, fallback])?.id).toBe('default');
    expect(routeToCalendar(toRoutingPlace('physical', CENTRE), [city, fallback])?.id).toBe('city');
  });

  it('is none when no circle holds the place and there is no default', () => {
    expect(routeToCalendar(north(1_000), [south])).toBeNull();
    expect(routeToCalendar(null, [south])).toBeNull();
    expect(routeToCalendar(null, [])).toBeNull();
  });
});
