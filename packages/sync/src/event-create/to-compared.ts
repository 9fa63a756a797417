import { type RoutableCalendar, routeToCalendar, toEventState, toRoutingPlace } from '@luma-sync/domain';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { SyncEventWithLink } from '@luma-sync/store';
import { slugOf } from '../event/observe-event.js';
import { slugHashesOf } from '../event/slug-hashes.js';
import type { OurEvent, TheirEvent } from './match-events.js';

/** Whether an event of ours would go to this calendar. */
export function belongsTo(
  { event, link }: SyncEventWithLink,
  calendarId: string,
  calendars: RoutableCalendar[],
): boolean {
  if (link !== null) return link.calendarId === calendarId;
  if (event.calendarId !== null) return event.calendarId === calendarId;
  const place = toRoutingPlace(event.locationType, toEventState(event).coordinate);
  return routeToCalendar(place, calendars)?.id === calendarId;
}

export const toOurEvent = ({ event, link }: SyncEventWithLink): OurEvent => ({
  eventId: event.id,
  title: event.title,
  startsAt: event.startsAt,
  slugEnds: slugHashesOf(event.id),
  slug: link?.slug ?? null,
});

export const toTheirEvent = (event: LumaEvent): TheirEvent => ({
  lumaEventId: event.id,
  title: event.name,
  startsAt: new Date(event.start_at),
  slug: slugOf(event),
});
