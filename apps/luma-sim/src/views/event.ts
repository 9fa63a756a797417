import type { SimEvent, SimExternalEvent, SimListing, SimUser } from '../state/records.js';
import type { World } from '../state/world.js';

/**
 * Events as Luma shows them. Keys and nulls follow the recordings; there is no update time and no version in any of
 * them.
 */

export const eventUrl = (event: SimEvent): string => `https://luma.com/${event.slug}`;

/** Hours are never carried into days: `P0Y0M0DT361H0M0S` was recorded. */
function toDuration(startAt: string, endAt: string): string {
  const seconds = Math.round((Date.parse(endAt) - Date.parse(startAt)) / 1_000);
  return `P0Y0M0DT${Math.floor(seconds / 3_600)}H${Math.floor((seconds % 3_600) / 60)}M${seconds % 60}S`;
}

function locationType(event: SimEvent): string {
  if (event.geoAddress !== null || event.coordinate !== null) return 'offline';
  if (event.meetingUrl === null) return 'missing';
  const host = event.meetingUrl.toLowerCase();
  const known: [string, string][] = [
    ['zoom.', 'zoom'],
    ['meet.google', 'meet'],
    ['discord', 'discord'],
    ['twitch', 'twitch'],
    ['youtu', 'youtube'],
  ];
  return known.find(([part]) => host.includes(part))?.[1] ?? 'unknown';
}

/** What every reader of an event sees. */
const toShared = (event: SimEvent) => ({
  platform: 'luma',
  id: event.id,
  user_id: event.userId,
  calendar_id: event.calendarId,
  start_at: event.startAt,
  duration_interval: toDuration(event.startAt, event.endAt),
  end_at: event.endAt,
  timezone: event.timezone,
  name: event.name,
  geo_address_json: event.geoAddress,
  coordinate: event.coordinate,
  location_type: locationType(event),
  location_visibility: event.locationVisibility,
  cover_url: event.coverUrl,
  url: eventUrl(event),
  visibility: event.visibility,
  waitlist_status: event.waitlistStatus,
});

const toManaged = (world: World, event: SimEvent) => ({
  ...toShared(event),
  created_at: event.createdAt,
  meeting_url: event.meetingUrl,
  registration_questions: event.registrationQuestions,
  registration_open: event.isRegistrationOpen,
  require_approval: event.ticketTypes.some((type) => type.requireApproval),
  spots_remaining:
    event.maxCapacity === null ? null : Math.max(0, event.maxCapacity - countOf(event, 'approved').guests),
  display_price: null,
  feedback_email: event.feedbackEmail,
  access: 'manage',
  ...(world.settings.events.hasCapacity ? { max_capacity: event.maxCapacity } : {}),
});

/** `events/get`. */
export const toFullEvent = (world: World, event: SimEvent) => ({
  ...toManaged(world, event),
  description: event.description,
  description_md: event.descriptionMd,
  hosts: event.hosts.map(toHost),
  guest_counts: {
    approved: countOf(event, 'approved'),
    pending_approval: countOf(event, 'pending_approval'),
    waitlist: countOf(event, 'waitlist'),
    invited: countOf(event, 'invited'),
    declined: countOf(event, 'declined'),
    checked_in: checkedIn(event),
  },
});

/** Lists carry no description, hosts or counts (documented since summer 2026). */
export const toListedEvent = (world: World, event: SimEvent) => ({
  ...toManaged(world, event),
  tags: event.tags,
  submitted_by: null,
});

/** An event managed by another calendar. */
export const toViewedEvent = (event: SimEvent) => ({ ...toShared(event), access: 'view' });

/** An event outside Luma that is listed on a calendar. */
export const toExternalEvent = (listing: SimListing, external: SimExternalEvent, calendarId: string) => ({
  platform: 'external',
  id: listing.id,
  calendar_id: calendarId,
  start_at: external.startAt,
  duration_interval: external.endAt === null ? null : toDuration(external.startAt, external.endAt),
  end_at: external.endAt,
  timezone: external.timezone,
  name: external.name,
  geo_address_json: null,
  coordinate: external.coordinate,
  url: external.url,
  host: external.hostName,
});

/** `event.created|updated|canceled`: with description, tags and geo strings, without hosts and counts (documented). */
export const toWebhookEvent = (world: World, event: SimEvent) => ({
  ...toManaged(world, event),
  description: event.description,
  description_md: event.descriptionMd,
  tags: event.tags,
  ...toGeoStrings(event),
});

/** The old shape, as recorded in March 2026: ids twice, geo strings, description everywhere. */
export const toLegacyEvent = (event: SimEvent) => ({
  id: event.id,
  api_id: event.id,
  calendar_id: event.calendarId,
  calendar_api_id: event.calendarId,
  user_id: event.userId,
  user_api_id: event.userId,
  created_at: event.createdAt,
  cover_url: event.coverUrl,
  name: event.name,
  description: event.description,
  description_md: event.descriptionMd,
  start_at: event.startAt,
  duration_interval: toDuration(event.startAt, event.endAt),
  end_at: event.endAt,
  geo_address_json: event.geoAddress,
  ...toGeoStrings(event),
  url: eventUrl(event),
  registration_questions: event.registrationQuestions,
  timezone: event.timezone,
  visibility: event.visibility,
  meeting_url: event.meetingUrl,
  zoom_meeting_url: locationType(event) === 'zoom' ? event.meetingUrl : null,
  feedback_email: event.feedbackEmail,
  tags: event.tags,
});

export const toHost = (host: SimUser) => ({
  id: host.id,
  email: host.email,
  name: host.name,
  first_name: host.firstName,
  last_name: host.lastName,
  avatar_url: host.avatarUrl,
});

const toGeoStrings = (event: SimEvent) => ({
  geo_latitude: event.coordinate === null ? null : String(event.coordinate.latitude),
  geo_longitude: event.coordinate === null ? null : String(event.coordinate.longitude),
});

function countOf(event: SimEvent, status: string) {
  const guests = [...event.guests.values()].filter((guest) => guest.status === status);
  return { guests: guests.length, tickets: guests.reduce((sum, guest) => sum + guest.tickets.length, 0) };
}

function checkedIn(event: SimEvent) {
  const tickets = [...event.guests.values()].map(
    (guest) => guest.tickets.filter((ticket) => ticket.checkedInAt !== null).length,
  );
  return {
    guests: tickets.filter((count) => count > 0).length,
    tickets: tickets.reduce((sum, count) => sum + count, 0),
  };
}
