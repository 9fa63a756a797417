import { type LocationType, locationTypeOf } from '@luma-sync/domain';
import type { LumaEvent } from '@luma-sync/luma-contract';

const KINDS: Readonly<Record<string, LocationType>> = {
  offline: 'physical',
  zoom: 'online',
  meet: 'online',
  discord: 'online',
  twitch: 'online',
  twitter: 'online',
  youtube: 'online',
  missing: 'tbd',
};

/**
 * The kind of place Luma shows. Foreign events show it without the link it rests on. `unknown`, and words that came later, say nothing: then it
 * follows from what is shown of the place.
 */
export function toObservedLocationType(seen: LumaEvent): LocationType {
  const { location_type: kind, geo_address_json: address, coordinate, meeting_url: meetingUrl } = seen;
  const shown = typeof kind === 'string' ? KINDS[kind] : undefined;
  if (shown !== undefined) return shown;
  return locationTypeOf({
    locationName: null,
    locationAddress: address?.full_address ?? address?.address ?? null,
    locationLat: coordinate?.latitude ?? null,
    locationLng: coordinate?.longitude ?? null,
    meetingUrl: meetingUrl ?? null,
  });
}
