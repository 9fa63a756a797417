import { listEventsQuerySchema } from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import { calendarRoutes, listableEvents } from '../routes/calendars.js';
import { commerceRoutes } from '../routes/commerce.js';
import { eventRoutes } from '../routes/events.js';
import { guestRoutes } from '../routes/guests.js';
import { toPage } from '../routes/paging.js';
import { type ApiCall, type ApiHandler, type ApiRoute, get, post, read } from '../routes/route.js';
import { webhookRoutes } from '../routes/webhooks.js';
import { findGuest } from '../state/guests.js';
import { toHost, toLegacyEvent } from '../views/event.js';
import { toLegacyGuest } from '../views/guest.js';

/**
 * The older paths, still served by Luma beside the present ones. They work on the same state: names of ids are
 * translated on the way in, objects are wrapped and ids doubled on the way out.
 */

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...(value as Fields) } : {};

/** The first of the old names that is there takes the new name's place. */
function rename(value: unknown, names: Record<string, string[]>): Fields {
  const renamed = fields(value);
  for (const [present, olds] of Object.entries(names)) {
    for (const old of olds) {
      if (renamed[present] === undefined && renamed[old] !== undefined) renamed[present] = renamed[old];
      delete renamed[old];
    }
  }
  return renamed;
}

const present: ReadonlyMap<string, ApiHandler> = new Map(
  [...calendarRoutes, ...eventRoutes, ...guestRoutes, ...commerceRoutes, ...webhookRoutes].map((route) => [
    `${route.method} ${route.path}`,
    route.handle,
  ]),
);

function handler(key: string): ApiHandler {
  const found = present.get(key);
  if (found === undefined) throw new Error(`No present route for ${key}`);
  return found;
}

/** An old GET: query renamed, answer turned. */
function oldGet(
  path: string,
  to: string,
  names: Record<string, string[]>,
  turn: (answer: Fields, call: ApiCall) => object,
): ApiRoute {
  const handle = handler(`GET ${to}`);
  return get(path, (call) => {
    const renamed = { ...call, query: rename(call.query, names) };
    return turn(fields(handle(renamed)), renamed);
  });
}

/** An old POST: body renamed, answer turned. */
function oldPost(
  path: string,
  to: string,
  names: Record<string, string[]>,
  turn: (answer: Fields) => object = (answer) => answer,
): ApiRoute {
  const handle = handler(`POST ${to}`);
  return post(path, (call) => turn(fields(handle({ ...call, body: rename(call.body, names) }))));
}

const EVENT_ID = { event_id: ['event_api_id'] };
const doubled = (answer: Fields): Fields => ({ ...answer, api_id: answer.id });
const wrapped = (wrapper: string) => (answer: Fields) => ({ [wrapper]: doubled(answer) });

const getEvent: ApiHandler = ({ world, calendar, query }) => {
  // The present name is not understood here (seen live).
  const { id, api_id } = fields(query);
  const event_id = id ?? api_id;
  handler('GET /v1/events/get')({ world, calendar, query: { event_id }, body: undefined });
  const event = world.managedEvent(calendar, String(event_id));
  return { event: toLegacyEvent(event), hosts: event.hosts.map((host) => ({ ...toHost(host), api_id: host.id })) };
};

const listEvents: ApiHandler = ({ world, calendar, query: raw }) => {
  const query = read(world, listEventsQuerySchema, raw);
  const events = listableEvents(world, calendar, query);
  return toPage(
    world,
    events,
    (event) => event.startAt,
    query,
    (event) => ({
      api_id: event.id,
      event: toLegacyEvent(event),
      tags: event.tags,
    }),
  );
};

function turnGuests(answer: Fields, { world, calendar, query }: ApiCall): object {
  const event = world.managedEvent(calendar, String(fields(query).event_id));
  const entries = (answer.entries as { id: string }[]).map(({ id }) => {
    const guest = event.guests.get(id);
    return { api_id: id, guest: guest === undefined ? null : toLegacyGuest(event, guest) };
  });
  return { ...answer, entries };
}

function turnGuest(_answer: Fields, { world, calendar, query }: ApiCall): object {
  const { event_id, id } = fields(query);
  const event = world.managedEvent(calendar, String(event_id));
  const guest = findGuest(world, event, String(id));
  return { guest: guest === null ? null : toLegacyGuest(event, guest) };
}

/** Old body: `{event_api_id, guest: {type: 'email', email} | {type: 'api_id', api_id}, status, should_refund}`. */
const updateStatus: ApiHandler = (call) => {
  const { guest, ...body } = rename(call.body, EVENT_ID);
  const who = fields(guest);
  // Only these two states could be written through the old route (documented).
  if (!['approved', 'declined'].includes(String(body.status))) {
    throw new ApiError(400, 'Invalid request.\n- status: Invalid option: expected one of "approved"|"declined"');
  }
  const guest_id = who.type === 'email' ? who.email : who.api_id;
  return handler('POST /v1/events/guests/update-status')({ ...call, body: { ...body, guest_id } });
};

const turnEntries = (turn: (entry: Fields) => object) => (answer: Fields) => ({
  ...answer,
  entries: (answer.entries as Fields[]).map(turn),
});
const oldTicketType = (entry: Fields): Fields => ({
  ...doubled(entry),
  type: entry.type === 'paid' ? 'fiat-price' : entry.type,
});

export const legacyRoutes: ApiRoute[] = [
  oldGet('/v1/user/get-self', '/v1/users/get-self', {}, wrapped('user')),
  oldGet('/v1/entity/lookup', '/v1/entities/lookup', {}, (answer) => {
    const entity = fields(answer.entity);
    if (answer.entity === null) return answer;
    const kind = String(entity.type);
    return { entity: { type: kind, [kind]: doubled(fields(entity[kind])) } };
  }),
  oldGet('/v1/calendar/get', '/v1/calendars/get', {}, wrapped('calendar')),
  get('/v1/calendar/list-events', listEvents),
  oldGet('/v1/calendar/lookup-event', '/v1/calendars/events/lookup', EVENT_ID, (answer) =>
    answer.event === null ? answer : { event: doubled(fields(answer.event)) },
  ),
  post('/v1/calendar/add-event', (call) =>
    doubled(
      fields(
        handler('POST /v1/calendars/events/add')({
          ...call,
          body: { platform: 'luma', ...rename(call.body, EVENT_ID) },
        }),
      ),
    ),
  ),
  oldGet('/v1/calendar/list-people', '/v1/calendars/contacts/list', {}, (answer) => ({
    ...answer,
    entries: (answer.entries as Fields[]).map(({ id, user_id, name, first_name, last_name, avatar_url, ...rest }) => ({
      ...rest,
      api_id: id,
      user: { id: user_id, api_id: user_id, name, first_name, last_name, avatar_url, email: rest.email },
    })),
  })),
  get('/v1/event/get', getEvent),
  oldPost('/v1/event/create', '/v1/events/create', {}, ({ id }) => ({ api_id: id })),
  oldPost('/v1/event/update', '/v1/events/update', EVENT_ID),
  oldPost('/v1/event/cancel/request', '/v1/events/cancel/request', EVENT_ID),
  oldPost('/v1/event/cancel', '/v1/events/cancel', EVENT_ID),
  oldGet('/v1/event/get-guests', '/v1/events/guests/list', EVENT_ID, turnGuests),
  oldGet(
    '/v1/event/get-guest',
    '/v1/events/guests/get',
    { ...EVENT_ID, id: ['api_id', 'email', 'proxy_key'] },
    turnGuest,
  ),
  oldPost('/v1/event/add-guests', '/v1/events/guests/add', EVENT_ID, () => ({})),
  post('/v1/event/update-guest-status', updateStatus),
  oldPost('/v1/event/send-invites', '/v1/events/guests/send-invites', EVENT_ID, () => ({})),
  oldPost('/v1/event/hosts/create', '/v1/events/hosts/add', EVENT_ID),
  oldGet('/v1/event/ticket-types/list', '/v1/events/ticket-types/list', EVENT_ID, (answer) => ({
    ticket_types: (answer.entries as Fields[]).map(oldTicketType),
  })),
  oldGet('/v1/event/ticket-types/get', '/v1/events/ticket-types/get', { event_ticket_type_id: ['id'] }, (answer) => ({
    ticket_type: oldTicketType(answer),
  })),
  oldPost('/v1/event/ticket-types/create', '/v1/events/ticket-types/create', EVENT_ID, (answer) => ({
    ticket_type: oldTicketType(answer),
  })),
  oldGet('/v1/event/coupons', '/v1/events/coupons/list', EVENT_ID, turnEntries(doubled)),
  oldPost('/v1/event/create-coupon', '/v1/events/coupons/create', EVENT_ID, wrapped('coupon')),
  oldPost('/v1/event/update-coupon', '/v1/events/coupons/update', EVENT_ID),
  oldGet('/v1/calendar/coupons', '/v1/calendars/coupons/list', {}, turnEntries(doubled)),
  oldPost('/v1/calendar/coupons/create', '/v1/calendars/coupons/create', {}, wrapped('coupon')),
  oldPost('/v1/calendar/coupons/update', '/v1/calendars/coupons/update', {}),
  oldGet('/v1/webhooks/get', '/v2/webhooks/get', {}, (answer) => ({ webhook: answer })),
  oldPost('/v1/webhooks/create', '/v2/webhooks/create', {}, (answer) => ({ webhook: answer })),
  oldPost('/v1/webhooks/update', '/v2/webhooks/update', {}, (answer) => ({ webhook: answer })),
];
