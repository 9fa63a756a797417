import type { EventRecord, EventRecordChanges } from './event-record.js';

export type LocationType = 'physical' | 'online' | 'tbd';

type Place = Pick<EventRecord, 'locationName' | 'locationAddress' | 'locationLat' | 'locationLng' | 'meetingUrl'>;

/**
 * What kind of place this is, as Luma judges it: somewhere on the map, else where the meeting link leads, else not
 * known yet. Luma shows a kind and takes none, so ours is never sent.
 */
export function locationTypeOf(place: Place): LocationType {
  const isSomewhere =
    [place.locationName, place.locationAddress].some((line) => line !== null && line.trim() !== '') ||
    place.locationLat !== null;
  if (isSomewhere) return 'physical';
  return place.meetingUrl === null || place.meetingUrl.trim() === '' ? 'tbd' : 'online';
}

/**
 * Lets the kind of place follow what is taken over from Luma: a host who moves an event from a hall to a video call has
 * changed it. Where the kind stays what it was, the app's own word for it stays too.
 */
export function followPlace(changes: EventRecordChanges, event: EventRecord): EventRecordChanges {
  const locationType = locationTypeOf({ ...event, ...changes });
  return locationType === locationTypeOf(event) ? changes : { ...changes, locationType };
}
