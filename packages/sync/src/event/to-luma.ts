import { EVENT_FIELDS, type EventField, type EventState } from '@luma-sync/domain';
import type { EventChanges } from '@luma-sync/luma-client';
import type { CreateEventRequest } from '@luma-sync/luma-contract';

/** What Luma calls each field. */
const LUMA_NAMES = {
  title: 'name',
  description: 'description_md',
  startsAt: 'start_at',
  endsAt: 'end_at',
  timezone: 'timezone',
  address: 'geo_address_json',
  coordinate: 'coordinate',
  meetingUrl: 'meeting_url',
  visibility: 'visibility',
  capacity: 'max_capacity',
  cover: 'cover_url',
} as const satisfies Record<EventField, keyof EventChanges>;

export const toLumaName = (field: EventField): string => LUMA_NAMES[field];

/** Luma's API has no request that empties these: they may be left out, and are never null (docs/luma-api.md). */
const NEVER_EMPTIED: ReadonlySet<EventField> = new Set(['address', 'coordinate', 'meetingUrl']);

/** Parts what can be sent from the fields that are to be empty and that Luma's API cannot empty. */
export function withoutEmptied(send: Partial<EventState>): { send: Partial<EventState>; emptied: EventField[] } {
  const emptied = EVENT_FIELDS.filter((field) => send[field] === null && NEVER_EMPTIED.has(field));
  const rest = Object.fromEntries(Object.entries(send).filter(([field]) => !emptied.some((name) => name === field)));
  return { send: rest as Partial<EventState>, emptied };
}

/** The request fields for these fields of ours. What Luma's API cannot empty is left out where ours is empty. */
export function toEventChanges(state: Partial<EventState>): EventChanges {
  const changes: EventChanges = {};
  if (state.title !== undefined) changes.name = state.title;
  // Luma knows no "no description" but an empty one.
  if (state.description !== undefined) changes.description_md = state.description ?? '';
  if (state.startsAt !== undefined) changes.start_at = state.startsAt;
  if (state.endsAt !== undefined) changes.end_at = state.endsAt;
  if (state.timezone !== undefined) changes.timezone = state.timezone;
  if (state.address != null) changes.geo_address_json = { type: 'manual', address: state.address };
  if (state.coordinate != null)
    changes.coordinate = { latitude: state.coordinate.lat, longitude: state.coordinate.lng };
  if (state.meetingUrl != null) changes.meeting_url = state.meetingUrl;
  if (state.visibility !== undefined) changes.visibility = state.visibility;
  if (state.capacity !== undefined) changes.max_capacity = state.capacity;
  // Luma always shows some cover: there is no word for "none".
  if (state.cover != null) changes.cover_url = state.cover;
  return changes;
}

/**
 * Luma takes the end along with a start that comes alone, as far as anybody knows: a request that sends the start sends
 * the end, too.
 */
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
