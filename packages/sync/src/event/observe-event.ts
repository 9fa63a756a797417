import {
  type EventState,
  type EventVisibility,
  type ObservedEventState,
  slugOfUrl,
  trimEndOf,
} from '@luma-sync/domain';
import { isUnknownValue, type LumaEvent } from '@luma-sync/luma-contract';
import { toStorable } from '../storable.js';

/**
 * Reads what Luma shows of an event into our words. A field Luma did not show stays absent: unknown, never emptied.
 */
export function toObservedEventState(shown: LumaEvent): ObservedEventState {
  const event = toStorable(shown);
  const observed: ObservedEventState = {
    title: event.name,
    startsAt: event.start_at,
    endsAt: event.end_at,
    timezone: event.timezone,
  };
  if (event.description_md !== undefined) observed.description = withoutInvisibleMarks(event.description_md);
  if (event.geo_address_json !== undefined) {
    observed.address = event.geo_address_json?.full_address ?? event.geo_address_json?.address ?? null;
  }
  if (event.coordinate !== undefined) {
    observed.coordinate =
      event.coordinate === null ? null : { lat: event.coordinate.latitude, lng: event.coordinate.longitude };
  }
  if (event.meeting_url !== undefined) observed.meetingUrl = event.meeting_url;
  if (event.visibility !== undefined && !isUnknownValue(event.visibility))
    observed.visibility = event.visibility as EventVisibility;
  if (event.max_capacity !== undefined) observed.capacity = event.max_capacity;
  if (event.cover_url !== undefined) observed.cover = event.cover_url;
  return observed;
}

/** What an event that began at Luma looks like here: fields Luma does not show take the emptiest value. */
export function toImportedEventState(
  observed: ObservedEventState & Pick<EventState, 'title' | 'startsAt' | 'endsAt' | 'timezone'>,
): EventState {
  return {
    description: null,
    address: null,
    coordinate: null,
    meetingUrl: null,
    visibility: 'public',
    capacity: null,
    cover: null,
    ...observed,
  };
}

export function slugOf(event: LumaEvent): string | null {
  return event.url === undefined ? null : slugOfUrl(event.url);
}

/** Luma's Markdown carries zero-width spaces and trailing blanks that nobody wrote. */
function withoutInvisibleMarks(text: string): string | null {
  const plain = text
    .replace(/[\u200B\uFEFF]/g, '')
    .split(/(\r\n|[\n\r\u2028\u2029])/)
    .map((line) => trimEndOf(line, ' \t'))
    .join('')
    .trim();
  return plain === '' ? null : plain;
}
