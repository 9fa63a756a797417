import type { AddCalendarEventRequest } from '@luma-sync/luma-contract';
import { calendarUrl } from '../views/others.js';
import type { SimCalendar, SimEvent, SimListing } from './records.js';
import type { Cause, World } from './world.js';

type ExternalRequest = Extract<AddCalendarEventRequest, { platform: 'external' }>;

/** Puts an event on a calendar that does not manage it. Again: the same listing. */
export function listLumaEvent(
  world: World,
  calendar: SimCalendar,
  event: SimEvent,
  status: 'approved' | 'pending',
  cause: Cause,
): SimListing {
  const known = calendar.listings.find((listing) => listing.eventId === event.id);
  if (known !== undefined) return known;
  const listing: SimListing = {
    id: world.ids.next('calev-'),
    platform: 'luma',
    eventId: event.id,
    status,
    external: null,
  };
  calendar.listings.push(listing);
  const home = world.calendars.get(event.calendarId);
  announceAdded(world, calendar, listing, cause, () => ({
    platform: 'luma',
    id: event.id,
    name: event.name,
    url: `https://luma.com/${event.slug}`,
    cover_url: event.coverUrl,
    start_at: event.startAt,
    end_at: event.endAt,
    timezone: event.timezone,
    calendar:
      home === undefined
        ? null
        : { id: home.id, name: home.name, slug: home.slug, url: calendarUrl(home), is_personal: home.slug === null },
    // Without mail addresses, unlike `events/get` (documented).
    hosts: event.hosts.map((host) => ({ id: host.id, name: host.name, avatar_url: host.avatarUrl })),
  }));
  return listing;
}

export function listExternalEvent(
  world: World,
  calendar: SimCalendar,
  input: ExternalRequest,
  status: 'approved' | 'pending',
  cause: Cause,
): SimListing {
  const startAt = new Date(input.start_at).toISOString();
  const listing: SimListing = {
    id: world.ids.next('calev-'),
    platform: 'external',
    eventId: null,
    status,
    external: {
      name: input.name,
      url: input.url,
      startAt,
      endAt: endOf(startAt, input.duration_interval),
      timezone: input.timezone,
      hostName: input.host ?? null,
      coordinate: input.coordinate ?? null,
    },
  };
  calendar.listings.push(listing);
  announceAdded(world, calendar, listing, cause, () => ({
    platform: 'external',
    id: listing.id,
    name: input.name,
    url: input.url,
    start_at: startAt,
    end_at: listing.external?.endAt ?? null,
    timezone: input.timezone,
    host_name: input.host ?? null,
  }));
  return listing;
}

function announceAdded(
  world: World,
  calendar: SimCalendar,
  listing: SimListing,
  cause: Cause,
  data: () => object,
): void {
  const type = listing.status === 'pending' ? 'calendar.event.submitted' : 'calendar.event.added';
  world.announce(calendar.id, type, data, cause);
}

export function findListing(
  world: World,
  calendar: SimCalendar,
  query: { event_id?: string | undefined; url?: string | undefined },
): SimListing | null {
  return (
    calendar.listings.find((listing) => {
      const event = listing.eventId === null ? undefined : world.events.get(listing.eventId);
      if (query.event_id !== undefined) return listing.eventId === query.event_id || listing.id === query.event_id;
      return (
        query.url !== undefined &&
        (listing.external?.url === query.url || (event !== undefined && query.url.endsWith(`/${event.slug}`)))
      );
    }) ?? null
  );
}

/** Hours, minutes and days are all Luma was seen to write; anything else leaves the end unknown. */
function endOf(startAt: string, duration: string): string | null {
  const parts = /^P(?:0Y0M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return new Date(Date.parse(startAt) + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000).toISOString();
}
