import type {
  CreateEventRequest,
  GeoAddressInput,
  LumaCoordinate,
  LumaGeoAddress,
  UpdateEventRequest,
} from '@luma-sync/luma-contract';
import { LUMA_IMAGE_BASE_URL } from '@luma-sync/luma-contract';
import { ApiError, noAccess } from '../http-error.js';
import { toWebhookEvent } from '../views/event.js';
import { throughLumaEditor, toPlainText } from './markdown.js';
import type { SimCalendar, SimEvent, SimUser } from './records.js';
import { toNewTicketType } from './ticket-types.js';
import type { Cause, World } from './world.js';

/** An event without an end lasts an hour. Luma always has an end (documented); how long it assumes is not known. */
const DEFAULT_DURATION_MS = 3_600_000;
/** Documented life of a cancellation token. */
const CANCELLATION_TOKEN_MS = 15 * 60_000;

/** A change by the API, or by a host, who can empty what no request can. */
type EventChange = Omit<UpdateEventRequest, 'coordinate' | 'geo_address_json' | 'meeting_url'> & {
  coordinate?: LumaCoordinate | null | undefined;
  geo_address_json?: GeoAddressInput | null | undefined;
  meeting_url?: string | null | undefined;
  /** What Luma derives from the place. */
  city?: string | null | undefined;
  country?: string | null | undefined;
  tags?: readonly string[] | undefined;
  co_hosts?: readonly { id: string; email: string; name: string | null }[] | undefined;
};

export function createEvent(world: World, calendar: SimCalendar, input: CreateEventRequest, cause: Cause): SimEvent {
  checkCover(world, input.cover_url);
  checkTimes(input.start_at, input.end_at);
  const slug = world.claimSlug(input.slug);
  const startAt = toIso(input.start_at);
  const event: SimEvent = {
    id: world.ids.next('evt-'),
    calendarId: calendar.id,
    userId: calendar.owner.id,
    createdAt: world.nowIso(),
    name: input.name,
    startAt,
    endAt:
      input.end_at === undefined
        ? new Date(Date.parse(startAt) + DEFAULT_DURATION_MS).toISOString()
        : toIso(input.end_at),
    timezone: input.timezone,
    slug,
    description: '',
    descriptionMd: '',
    coverUrl: input.cover_url ?? `${LUMA_IMAGE_BASE_URL}gallery-images/xx/${world.ids.uuid()}`,
    visibility: 'public',
    geoAddress: null,
    coordinate: null,
    meetingUrl: null,
    locationVisibility: 'public',
    waitlistStatus: 'disabled',
    isRegistrationOpen: true,
    maxCapacity: null,
    tags: [],
    registrationQuestions: [],
    feedbackEmail: { enabled: false },
    hosts: [calendar.owner],
    ticketTypes: (input.ticket_types ?? [{ name: 'Standard', type: 'free' as const }]).map((type) =>
      toNewTicketType(world, type),
    ),
    coupons: [],
    guests: new Map(),
    cancellation: null,
    stale: null,
    changes: 0,
  };
  applyFields(event, input);
  if (cause.by === 'api') {
    rewrite(world, event, input);
    event.stale = { reads: world.settings.events.staleReads, event: null, at: world.clock.now() };
  }
  world.events.set(event.id, event);
  world.counts.eventsCreated += 1;
  world.announce(calendar.id, 'event.created', () => toWebhookEvent(world, event), cause);
  return event;
}

/** Changes what is given. Mails every guest when name, time or place change and nobody asked for silence. */
export function updateEvent(world: World, event: SimEvent, change: EventChange, cause: Cause): void {
  const { staleReads } = world.settings.events;
  event.stale =
    cause.by === 'api' && staleReads > 0 ? { reads: staleReads, event: { ...event }, at: world.clock.now() } : null;
  const input = cause.by === 'api' ? withoutIgnored(world, change) : change;
  checkCover(world, input.cover_url);
  checkTimes(input.start_at ?? event.startAt, input.end_at ?? undefined);
  if (input.slug !== undefined) event.slug = world.claimSlug(input.slug, event);
  const before = whatGuestsCareAbout(event);
  if (input.name !== undefined) event.name = input.name;
  if (input.timezone !== undefined) event.timezone = input.timezone;
  if (input.start_at !== undefined) moveStart(event, toIso(input.start_at), input.end_at === undefined);
  if (input.end_at !== undefined) event.endAt = toIso(input.end_at);
  if (input.cover_url !== undefined) event.coverUrl = input.cover_url;
  applyFields(event, input);
  if (cause.by === 'api') rewrite(world, event, input);
  event.changes += 1;
  if (input.suppress_notifications !== true && before !== whatGuestsCareAbout(event)) {
    mailGuests(world, event, 'event-updated', cause);
  }
  world.announce(event.calendarId, 'event.updated', () => toWebhookEvent(world, event), cause);
}

/** No copy lags longer. */
const STALE_MAX_MS = 60_000;

/** The event as a read shows it: for a while perhaps as it was before the last change. */
export function readEvent(world: World, event: SimEvent): SimEvent {
  if (event.stale === null || event.stale.reads === 0 || world.clock.now() - event.stale.at > STALE_MAX_MS)
    return event;
  event.stale.reads -= 1;
  // A new one is not there yet.
  if (event.stale.event === null) throw noAccess();
  return event.stale.event;
}

/** What an update changes of what it names, by the settings. */
function withoutIgnored(world: World, change: EventChange): EventChange {
  const { ignoredFields } = world.settings.events;
  if (ignoredFields.length === 0) return change;
  const isKept = (name: string) =>
    name === 'event_id' || !(ignoredFields.includes('*') || ignoredFields.includes(name));
  return Object.fromEntries(Object.entries(change).filter(([name]) => isKept(name))) as EventChange;
}

/** What Luma makes of what it was sent, by the settings. */
function rewrite(world: World, event: SimEvent, { name, meeting_url: link }: Partial<EventChange>): void {
  const { titleMax, areLinksRewritten } = world.settings.events;
  if (titleMax !== null && name !== undefined) event.name = event.name.slice(0, titleMax);
  if (areLinksRewritten && link != null && event.meetingUrl !== null)
    event.meetingUrl = `${LINK_BASE_URL}${event.slug}?to=${encodeURIComponent(event.meetingUrl)}`;
}

const LINK_BASE_URL = 'https://luma.com/join/';

/** Refuses as Luma does where a field is not valid, by the settings. */
export function checkRefused(world: World, body: unknown): void {
  const named = Object.entries(world.settings.events.refusedFields).filter(
    ([name]) => typeof body === 'object' && body !== null && name in body,
  );
  if (named.length === 0) return;
  const lines = named.map(([name, text]) => `- ${name}: ${text}`);
  throw new ApiError(400, ['Invalid request.', ...lines].join('\n'));
}

export function requestCancellation(world: World, event: SimEvent) {
  const token = world.ids.next('cancel-');
  event.cancellation = { token, expiresAtMs: world.clock.now() + CANCELLATION_TOKEN_MS };
  return { cancellation_token: token, is_paid: isPaid(event), guest_count: countedGuests(event).length };
}

/** The irreversible one: guests are told, the event is gone, its slug is free. */
export function cancelEvent(
  world: World,
  event: SimEvent,
  token: string,
  shouldRefund: boolean | undefined,
  cause: Cause,
): void {
  const { cancellation } = event;
  if (cancellation === null || cancellation.token !== token || cancellation.expiresAtMs <= world.clock.now()) {
    throw new ApiError(400, 'Invalid request.\n- cancellation_token: Invalid or expired token');
  }
  if (isPaid(event) && shouldRefund === undefined) {
    throw new ApiError(400, 'Invalid request.\n- should_refund: Required for events with paid guests');
  }
  mailGuests(world, event, 'event-canceled', cause);
  removeEvent(world, event, cause);
}

/** Takes the event away without mailing anyone, as a host can at Luma. */
export function removeEvent(world: World, event: SimEvent, cause: Cause): void {
  world.events.delete(event.id);
  world.counts.eventsCanceled += 1;
  world.announce(event.calendarId, 'event.canceled', () => toWebhookEvent(world, event), cause);
}

const isPaid = (event: SimEvent): boolean =>
  [...event.guests.values()].some((guest) => guest.tickets.some((ticket) => ticket.amount > 0));

/** Guests who have something to lose by a cancellation. */
const countedGuests = (event: SimEvent) =>
  [...event.guests.values()].filter((guest) => ['approved', 'pending_approval', 'waitlist'].includes(guest.status));

function mailGuests(world: World, event: SimEvent, kind: 'event-updated' | 'event-canceled', cause: Cause): void {
  for (const guest of countedGuests(event)) world.mail(kind, event.id, guest.email, cause);
}

function applyFields(event: SimEvent, input: Omit<EventChange, 'event_id'>): void {
  if (input.description_md !== undefined) {
    event.descriptionMd = throughLumaEditor(input.description_md);
    event.description = toPlainText(event.descriptionMd);
  }
  if (input.geo_address_json !== undefined) event.geoAddress = toStoredAddress(input.geo_address_json);
  const { city, country } = input;
  if (event.geoAddress !== null && (city !== undefined || country !== undefined))
    event.geoAddress = {
      ...event.geoAddress,
      ...(city === undefined ? {} : { city }),
      ...(country === undefined ? {} : { country }),
    };
  if (input.tags !== undefined) setTags(event, input.tags);
  if (input.co_hosts !== undefined) setCoHosts(event, input.co_hosts);
  if (input.coordinate !== undefined) event.coordinate = input.coordinate;
  if (input.meeting_url !== undefined) event.meetingUrl = input.meeting_url;
  if (input.visibility !== undefined) event.visibility = input.visibility;
  if (input.location_visibility !== undefined) event.locationVisibility = input.location_visibility;
  if (input.waitlist_status !== undefined) event.waitlistStatus = input.waitlist_status;
  if (input.registration_open !== undefined) event.isRegistrationOpen = input.registration_open;
  if (input.max_capacity !== undefined) event.maxCapacity = input.max_capacity;
  if (input.registration_questions !== undefined) event.registrationQuestions = input.registration_questions;
  if (input.feedback_email !== undefined) event.feedbackEmail = input.feedback_email;
}

/** A host puts tags on the event; those that it has stay. */
function setTags(event: SimEvent, names: readonly string[]): void {
  const idOf = (name: string) => event.tags.find((tag) => tag.name === name)?.id ?? `tag-of-${name}`;
  event.tags = names.map((name) => ({ id: idOf(name), name }));
}

/** The owner of the calendar stays the first host. */
function setCoHosts(event: SimEvent, coHosts: NonNullable<EventChange['co_hosts']>): void {
  const [owner] = event.hosts;
  const toUser = ({ id, email, name }: (typeof coHosts)[number]): SimUser => {
    const avatarUrl = 'https://cdn.lu.ma/avatars-default/avatar_1.png';
    return { id, email, name, firstName: null, lastName: null, avatarUrl };
  };
  event.hosts = [...(owner === undefined ? [] : [owner]), ...coHosts.map(toUser)];
}

/** Not known for the API: a start that moves alone takes the end along, as it does on Luma's own page. */
function moveStart(event: SimEvent, startAt: string, doesEndFollow: boolean): void {
  const lengthMs = Date.parse(event.endAt) - Date.parse(event.startAt);
  event.startAt = startAt;
  if (doesEndFollow) event.endAt = new Date(Date.parse(startAt) + lengthMs).toISOString();
}

const whatGuestsCareAbout = (event: SimEvent): string =>
  JSON.stringify([
    event.name,
    event.startAt,
    event.endAt,
    event.timezone,
    event.geoAddress,
    event.coordinate,
    event.meetingUrl,
  ]);

function toStoredAddress(input: GeoAddressInput | null): LumaGeoAddress | null {
  if (input === null) return null;
  const address = input.type === 'manual' ? input.address : (input.description ?? 'Place');
  return {
    address,
    city: null,
    region: null,
    country: null,
    city_state: null,
    full_address: address,
    google_maps_place_id: input.type === 'google' ? input.place_id : null,
    apple_maps_place_id: null,
    description: '',
  };
}

function checkCover(world: World, coverUrl: string | undefined): void {
  if (coverUrl === undefined) return;
  const bases = [LUMA_IMAGE_BASE_URL, world.imageBaseUrl(), ...world.settings.events.imageBaseUrls];
  if (!bases.some((base) => coverUrl.startsWith(base))) {
    throw new ApiError(
      400,
      'Invalid request.\n- cover_url: Invalid string: must match pattern /^https:\\/\\/images.lumacdn.com\\//',
    );
  }
}

function checkTimes(startAt: string, endAt: string | undefined): void {
  if (endAt !== undefined && Date.parse(endAt) < Date.parse(startAt)) {
    throw new ApiError(400, 'Invalid request.\n- end_at: End must be after start');
  }
}

const toIso = (instant: string): string => new Date(instant).toISOString();
