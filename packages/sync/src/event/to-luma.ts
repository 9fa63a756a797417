import type { EventState } from '@luma-sync/domain';
import type { EventChanges } from '@luma-sync/luma-client';
import type { CreateEventRequest } from '@luma-sync/luma-contract';

/** The request fields for these fields of ours. */
export function toEventChanges(state: Partial<EventState>): EventChanges {
  const changes: EventChanges = {};
  if (state.title !== undefined) changes.name = state.title;
  // Luma knows no "no description" but an empty one.
  if (state.description !== undefined) changes.description_md = state.description ?? '';
  if (state.startsAt !== undefined) changes.start_at = state.startsAt;
  if (state.endsAt !== undefined) changes.end_at = state.endsAt;
  if (state.timezone !== undefined) changes.timezone = state.timezone;
  if (state.address !== undefined) {
    changes.geo_address_json = state.address === null ? null : { type: 'manual', address: state.address };
  }
  if (state.coordinate !== undefined) {
    changes.coordinate =
      state.coordinate === null ? null : { latitude: state.coordinate.lat, longitude: state.coordinate.lng };
  }
  if (state.meetingUrl !== undefined) changes.meeting_url = state.meetingUrl;
  if (state.visibility !== undefined) changes.visibility = state.visibility;
  if (state.capacity !== undefined) changes.max_capacity = state.capacity;
  // Luma always shows some cover: there is no word for "none".
  if (state.cover != null) changes.cover_url = state.cover;
  return changes;
}

/** Luma takes the end along with a start that comes alone, as far as anybody knows: whoever says when it begins says when it ends, too. */
export function withEnd(send: Partial<EventState>, { endsAt }: Pick<EventState, 'endsAt'>): Partial<EventState> {
  return send.startsAt === undefined ? send : { ...send, endsAt };
}

/**
 * Leaves out what is empty: a new event needs no emptying.
 *
 * @param slug Null lets Luma choose the address.
 */
export function toCreateRequest(state: EventState, slug: string | null): CreateEventRequest {
  const filled = Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)) as Partial<EventState>;
  const address = slug === null ? {} : { slug };
  return {
    ...toEventChanges(filled),
    name: state.title,
    start_at: state.startsAt,
    timezone: state.timezone,
    ...address,
  };
}

/** Luma mails guests when one of these changes, unless told not to. */
const MAILED_FIELDS: readonly (keyof EventState)[] = [
  'title',
  'startsAt',
  'endsAt',
  'timezone',
  'address',
  'coordinate',
];

export function couldMailGuests(fields: readonly string[]): boolean {
  return MAILED_FIELDS.some((field) => fields.includes(field));
}
