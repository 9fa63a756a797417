import { type LocationType, locationTypeOf } from '@luma-sync/domain';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { SyncEvent } from '@luma-sync/store';

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
 * The kind of place Luma shows. Foreign events show it without the link it rests on. `unknown`, and words that came
 * later, say nothing: then it follows from what is shown of the place.
 */
export function toObservedLocationType(seen: LumaEvent): LocationType {
  const { geo_address_json: address, coordinate, meeting_url: meetingUrl } = seen;
  const shown = toShownKind(seen);
  if (shown !== null) return shown;
  return locationTypeOf({
    locationName: null,
    locationAddress: address?.full_address ?? address?.address ?? null,
    locationLat: coordinate?.latitude ?? null,
    locationLng: coordinate?.longitude ?? null,
    meetingUrl: meetingUrl ?? null,
  });
}

const toShownKind = ({ location_type: kind }: LumaEvent): LocationType | null =>
  (typeof kind === 'string' ? KINDS[kind] : undefined) ?? null;

/**
 * The kind of place that Luma shows of a foreign event, where it is another than we hold: its link is not shown, so the
 * kind follows from nothing else.
 *
 * @param isFull False for a list entry or a webhook: what such a record lacks says nothing.
 * @returns null when it is the same, or follows from what is merged, as of every event we may change.
 */
export function toForeignKind(
  { ownership, locationType }: Pick<SyncEvent, 'ownership' | 'locationType'>,
  seen: LumaEvent,
  isFull: boolean,
): LocationType | null {
  if (ownership !== 'referenced') return null;
  const kind = isFull ? toObservedLocationType(seen) : toShownKind(seen);
  return kind === locationType ? null : kind;
}
