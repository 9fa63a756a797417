import type { EventField, EventState } from '@luma-sync/domain';
import type { World } from '@luma-sync/luma-sim';

export type SimEvent = NonNullable<ReturnType<World['events']['get']>>;
export type SimGuest = NonNullable<ReturnType<SimEvent['guests']['get']>>;

/** An event inside the played Luma in our words, read from its memory and not by its API: what is really there. */
export function fieldsAtLuma(event: SimEvent): EventState {
  return {
    title: event.name,
    description: plainMarkdown(event.descriptionMd),
    startsAt: event.startAt,
    endsAt: event.endAt,
    timezone: event.timezone,
    address: event.geoAddress?.full_address ?? null,
    coordinate: event.coordinate === null ? null : { lat: event.coordinate.latitude, lng: event.coordinate.longitude },
    meetingUrl: event.meetingUrl,
    visibility: event.visibility,
    capacity: event.maxCapacity,
    cover: event.coverUrl,
  };
}

/** Text as a reader sees it: without what Luma's editor puts in. */
export function plainMarkdown(text: string | null): string | null {
  const plain = (text ?? '')
    .replace(/[\u200B\uFEFF]/g, '')
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return plain === '' ? null : plain;
}

/** Which of our fields a request for a change of an event names. */
const NAMES: Record<string, EventField> = {
  name: 'title',
  description_md: 'description',
  start_at: 'startsAt',
  end_at: 'endsAt',
  timezone: 'timezone',
  geo_address_json: 'address',
  coordinate: 'coordinate',
  meeting_url: 'meetingUrl',
  visibility: 'visibility',
  max_capacity: 'capacity',
};

export function namedFields(body: object): EventField[] {
  return Object.keys(body).flatMap((name) => NAMES[name] ?? []);
}

export const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
