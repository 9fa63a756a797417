import {
  addCalendarEventRequestSchema,
  listContactsQuerySchema,
  listEventsQuerySchema,
  lookupEntityQuerySchema,
  lookupEventQuerySchema,
} from '@luma-sync/luma-contract';
import { noAccess } from '../http-error.js';
import { findListing, listExternalEvent, listLumaEvent } from '../state/listings.js';
import type { SimCalendar, SimEvent } from '../state/records.js';
import { spoil } from '../state/spoiling.js';
import type { World } from '../state/world.js';
import { eventUrl, toExternalEvent, toListedEvent, toViewedEvent } from '../views/event.js';
import { toCalendar, toSelf } from '../views/others.js';
import { toPage } from './paging.js';
import { type ApiRoute, get, post, read } from './route.js';

/** Events this calendar manages that a list may show by now. */
export function listableEvents(
  world: World,
  calendar: SimCalendar,
  query: { after?: string | undefined; before?: string | undefined },
): SimEvent[] {
  const { listLagMs } = world.settings.events;
  const nowMs = world.clock.now();
  return [...world.events.values()].filter(
    (event) =>
      event.calendarId === calendar.id &&
      (listLagMs === 0 || Date.parse(event.createdAt) + listLagMs <= nowMs) &&
      isInRange(world, event.startAt, query),
  );
}

function isInRange(
  world: World,
  startAt: string,
  { after, before }: { after?: string | undefined; before?: string | undefined },
): boolean {
  const at = Date.parse(startAt);
  const slack = world.settings.events.isRangeInclusive ? 0 : 1;
  if (after !== undefined && at < Date.parse(after) + slack) return false;
  return before === undefined || at <= Date.parse(before) - slack;
}

const listEvents: ApiRoute['handle'] = ({ world, calendar, query: raw }) => {
  const query = read(world, listEventsQuerySchema, raw);
  const access = query.access ?? ['manage'];
  const platforms = query.platforms ?? ['luma'];
  const status = query.status ?? 'approved';
  const rows: { id: string; startAt: string; view: () => object }[] = [];
  if (access.includes('manage') && platforms.includes('luma') && status === 'approved') {
    for (const event of listableEvents(world, calendar, query)) {
      rows.push({
        id: event.id,
        startAt: event.startAt,
        view: () => spoil(world.settings, 'event', toListedEvent(world, event)),
      });
    }
  }
  for (const listing of calendar.listings) {
    const { external } = listing;
    const event = listing.eventId === null ? undefined : world.events.get(listing.eventId);
    if (listing.status !== status) continue;
    if (external !== null && platforms.includes('external') && isInRange(world, external.startAt, query)) {
      rows.push({
        id: listing.id,
        startAt: external.startAt,
        view: () => toExternalEvent(listing, external, calendar.id),
      });
    } else if (
      event !== undefined &&
      access.includes('view') &&
      platforms.includes('luma') &&
      isInRange(world, event.startAt, query)
    ) {
      rows.push({ id: event.id, startAt: event.startAt, view: () => toViewedEvent(event) });
    }
  }
  return toPage(
    world,
    rows,
    (row) => row.startAt,
    query,
    (row) => row.view(),
  );
};

const lookupEvent: ApiRoute['handle'] = ({ world, calendar, query: raw }) => {
  const query = read(world, lookupEventQuerySchema, raw);
  const own = [...world.events.values()].find(
    (event) =>
      event.calendarId === calendar.id && (event.id === query.event_id || isSamePage(eventUrl(event), query.url)),
  );
  if (own !== undefined) return { event: { id: own.id, status: 'approved' } };
  const listing = findListing(world, calendar, query);
  return { event: listing === null ? null : { id: listing.eventId ?? listing.id, status: listing.status } };
};

/** `lu.ma/x` and `luma.com/x` are one page. */
function isSamePage(url: string, asked: string | undefined): boolean {
  return asked !== undefined && slugOf(asked) === slugOf(url);
}
const slugOf = (text: string): string =>
  text.replace(/^https?:\/\/(www\.)?(lu\.ma|luma\.com)\//, '').replace(/[?#][\s\S]*/, '');

const addEvent: ApiRoute['handle'] = ({ world, calendar, body: raw }) => {
  const body = read(world, addCalendarEventRequestSchema, raw);
  const status = body.submission_mode === 'pending' ? 'pending' : 'approved';
  if (body.platform === 'external') {
    const listing = listExternalEvent(world, calendar, body, status, { by: 'api' });
    return { id: listing.id, status: listing.status };
  }
  const event = world.events.get(body.event_id);
  if (event === undefined || (event.calendarId !== calendar.id && event.visibility === 'private')) throw noAccess();
  const listing = listLumaEvent(world, calendar, event, status, { by: 'api' });
  return { id: listing.id, status: listing.status };
};

const lookupEntity: ApiRoute['handle'] = ({ world, query: raw }) => {
  const { slug } = read(world, lookupEntityQuerySchema, raw);
  const found = world.findBySlug(slugOf(slug));
  if (found === null) return { entity: null };
  if ('calendar' in found) {
    const { id, name, slug: own } = found.calendar;
    return { entity: { type: 'calendar', calendar: { id, name, slug: own, avatar_url: null } } };
  }
  if ('event' in found) {
    const { event } = found;
    return {
      entity: {
        type: 'event',
        event: {
          id: event.id,
          name: event.name,
          slug: event.slug,
          cover_url: event.coverUrl,
          start_at: event.startAt,
          end_at: event.endAt,
        },
      },
    };
  }
  // A stranger's event: it has an id, and asking for it gives 403.
  return {
    entity: {
      type: 'event',
      event: {
        id: `evt-foreign-${found.foreign}`,
        name: 'An event of someone else',
        slug: found.foreign,
        cover_url: 'https://images.lumacdn.com/gallery-images/xx/foreign',
        start_at: '2026-01-01T18:00:00.000Z',
        end_at: '2026-01-01T20:00:00.000Z',
      },
    },
  };
};

/** Everyone who ever was a guest of one of the calendar's events. */
const listContacts: ApiRoute['handle'] = ({ world, calendar, query: raw }) => {
  const query = read(world, listContactsQuerySchema, raw);
  const contacts = new Map<
    string,
    { id: string; createdAt: string; approved: number; checkedIn: number; email: string }
  >();
  for (const event of world.events.values()) {
    if (event.calendarId !== calendar.id) continue;
    for (const guest of event.guests.values()) {
      const known = contacts.get(guest.email) ?? {
        id: guest.userId,
        createdAt: guest.createdAt,
        approved: 0,
        checkedIn: 0,
        email: guest.email,
      };
      known.approved += guest.status === 'approved' ? 1 : 0;
      known.checkedIn += guest.tickets.some((ticket) => ticket.checkedInAt !== null) ? 1 : 0;
      contacts.set(guest.email, known);
    }
  }
  const rows = [...contacts.values()].filter(
    ({ email }) => query.query === undefined || email.includes(query.query.toLowerCase()),
  );
  return toPage(
    world,
    rows,
    (row) => row.createdAt,
    query,
    (row) => {
      const user = world.userFor(row.email);
      return {
        ...toSelf(user),
        id: row.id,
        user_id: user.id,
        created_at: row.createdAt,
        event_approved_count: row.approved,
        event_checked_in_count: row.checkedIn,
        revenue_usd_cents: 0,
        tags: [],
        membership: null,
      };
    },
  );
};

export const calendarRoutes: ApiRoute[] = [
  get('/v1/users/get-self', ({ calendar }) => toSelf(calendar.owner)),
  get('/v1/entities/lookup', lookupEntity),
  get('/v1/calendars/get', ({ calendar }) => toCalendar(calendar)),
  get('/v1/calendars/events/list', listEvents),
  get('/v1/calendars/events/lookup', lookupEvent),
  post('/v1/calendars/events/add', addEvent),
  get('/v1/calendars/contacts/list', listContacts),
];
