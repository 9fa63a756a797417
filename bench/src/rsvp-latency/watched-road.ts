import { openRoad } from '../road.js';

/** One request of a push on its way: when it left, and when it or its answer arrived, in `performance.now()`. */
export interface Trip {
  leftAt: number;
  arrivedAt: number;
  answeredAt: number;
}

/**
 * What the road saw: the moment an address arrived in an add, and the trips of the pushes by Luma's id of the event.
 */
export interface Seen {
  addedAt: ReadonlyMap<string, number>;
  trips: ReadonlyMap<string, readonly Trip[]>;
}

const PUSH_PATH = /^(?:GET|POST) \/v1\/events\/guests\/(?:get|add|update-status)[? ]/;
const EVENT_ID = /event_id(?:=|":")(evt-[\w-]+)/;
const EMAIL = /"email":"([^"]+)"/g;

/** The network in front of the simulator. It reads which requests belong to pushes: pulls only list. */
export async function openWatchedRoad(to: { port: number }, roundTripMaxMs: number) {
  const addedAt = new Map<string, number>();
  const trips = new Map<string, Trip[]>();
  const road = await openRoad(to, { min: 0, max: roundTripMaxMs }, (bytes) => {
    const text = bytes.toString('utf8');
    const eventId = EVENT_ID.exec(text)?.[1];
    const trip = eventId !== undefined && PUSH_PATH.test(text) ? startTrip() : null;
    if (eventId !== undefined && trip !== null) trips.set(eventId, [...(trips.get(eventId) ?? []), trip]);
    return {
      arrived: () => {
        const now = performance.now();
        if (trip !== null) trip.arrivedAt = now;
        if (!text.startsWith('POST /v1/events/guests/add ')) return;
        for (const [, email] of text.matchAll(EMAIL)) if (email && !addedAt.has(email)) addedAt.set(email, now);
      },
      answered: () => {
        if (trip !== null) trip.answeredAt = Math.min(trip.answeredAt, performance.now());
      },
    };
  });
  return { ...road, seen: { addedAt, trips } satisfies Seen };
}

const startTrip = (): Trip => ({
  leftAt: performance.now(),
  arrivedAt: Number.POSITIVE_INFINITY,
  answeredAt: Number.POSITIVE_INFINITY,
});
