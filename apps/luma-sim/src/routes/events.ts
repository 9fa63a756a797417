import {
  addHostRequestSchema,
  cancelEventRequestSchema,
  createEventRequestSchema,
  getEventQuerySchema,
  requestCancelRequestSchema,
  updateEventRequestSchema,
} from '@luma-sync/luma-contract';
import {
  cancelEvent,
  checkRefused,
  createEvent,
  readEvent,
  requestCancellation,
  updateEvent,
} from '../state/events.js';
import { spoil } from '../state/spoiling.js';
import { toFullEvent } from '../views/event.js';
import { type ApiRoute, get, post, read } from './route.js';

const BY_API = { by: 'api' } as const;

export const eventRoutes: ApiRoute[] = [
  get('/v1/events/get', ({ world, calendar, query }) => {
    const { event_id } = read(world, getEventQuerySchema, query);
    return spoil(world.settings, 'event', toFullEvent(world, readEvent(world, world.managedEvent(calendar, event_id))));
  }),
  // The id and nothing else: a client that expects more of this answer fails after the event exists.
  post('/v1/events/create', ({ world, calendar, body }) => {
    checkRefused(world, body);
    return { id: createEvent(world, calendar, read(world, createEventRequestSchema, body), BY_API).id };
  }),
  post('/v1/events/update', ({ world, calendar, body: raw }) => {
    checkRefused(world, raw);
    const body = read(world, updateEventRequestSchema, raw);
    updateEvent(world, world.managedEvent(calendar, body.event_id), body, BY_API);
    return {};
  }),
  post('/v1/events/cancel/request', ({ world, calendar, body }) => {
    const { event_id } = read(world, requestCancelRequestSchema, body);
    return requestCancellation(world, world.managedEvent(calendar, event_id));
  }),
  post('/v1/events/cancel', ({ world, calendar, body: raw }) => {
    const body = read(world, cancelEventRequestSchema, raw);
    cancelEvent(
      world,
      world.managedEvent(calendar, body.event_id),
      body.cancellation_token,
      body.should_refund,
      BY_API,
    );
    return {};
  }),
  post('/v1/events/hosts/add', ({ world, calendar, body: raw }) => {
    const body = read(world, addHostRequestSchema, raw);
    const event = world.managedEvent(calendar, body.event_id);
    const host = world.userFor(body.email.toLowerCase(), body.name);
    if (!event.hosts.includes(host)) {
      event.hosts.push(host);
      world.mail('host-added', event.id, host.email, BY_API);
    }
    return {};
  }),
];
