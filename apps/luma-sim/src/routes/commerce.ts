import {
  createCalendarCouponRequestSchema,
  createEventCouponRequestSchema,
  createTicketTypeRequestSchema,
  getTicketTypeQuerySchema,
  listEventCouponsQuerySchema,
  listPagedQuerySchema,
  listTicketTypesQuerySchema,
  updateCalendarCouponRequestSchema,
  updateEventCouponRequestSchema,
} from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import { createCoupon, updateCoupon } from '../state/coupons.js';
import { toNewTicketType } from '../state/ticket-types.js';
import { toCoupon, toTicketType } from '../views/others.js';
import { toPage } from './paging.js';
import { type ApiRoute, get, post, read } from './route.js';

export const commerceRoutes: ApiRoute[] = [
  // Not paged; hidden types only when asked for.
  get('/v1/events/ticket-types/list', ({ world, calendar, query: raw }) => {
    const query = read(world, listTicketTypesQuerySchema, raw);
    const event = world.managedEvent(calendar, query.event_id);
    const shown = event.ticketTypes.filter((type) => query.include_hidden === 'true' || !type.isHidden);
    return { entries: shown.map(toTicketType) };
  }),
  get('/v1/events/ticket-types/get', ({ world, calendar, query }) => {
    const { event_ticket_type_id } = read(world, getTicketTypeQuerySchema, query);
    for (const event of world.events.values()) {
      const type = event.calendarId === calendar.id && event.ticketTypes.find(({ id }) => id === event_ticket_type_id);
      if (type) return toTicketType(type);
    }
    throw new ApiError(404, 'Ticket type not found.');
  }),
  post('/v1/events/ticket-types/create', ({ world, calendar, body: raw }) => {
    const { event_id, ...input } = read(world, createTicketTypeRequestSchema, raw);
    const type = toNewTicketType(world, input);
    world.managedEvent(calendar, event_id).ticketTypes.push(type);
    return toTicketType(type);
  }),
  get('/v1/events/coupons/list', ({ world, calendar, query: raw }) => {
    const query = read(world, listEventCouponsQuerySchema, raw);
    return toPage(
      world,
      world.managedEvent(calendar, query.event_id).coupons,
      (coupon) => coupon.code,
      query,
      toCoupon,
    );
  }),
  post('/v1/events/coupons/create', ({ world, calendar, body: raw }) => {
    const { event_id, ...input } = read(world, createEventCouponRequestSchema, raw);
    return toCoupon(createCoupon(world, world.managedEvent(calendar, event_id).coupons, input));
  }),
  post('/v1/events/coupons/update', ({ world, calendar, body: raw }) => {
    const { event_id, ...input } = read(world, updateEventCouponRequestSchema, raw);
    updateCoupon(world.managedEvent(calendar, event_id).coupons, input);
    return {};
  }),
  get('/v1/calendars/coupons/list', ({ world, calendar, query }) =>
    toPage(world, calendar.coupons, (coupon) => coupon.code, read(world, listPagedQuerySchema, query), toCoupon),
  ),
  post('/v1/calendars/coupons/create', ({ world, calendar, body }) =>
    toCoupon(createCoupon(world, calendar.coupons, read(world, createCalendarCouponRequestSchema, body))),
  ),
  post('/v1/calendars/coupons/update', ({ world, calendar, body }) => {
    updateCoupon(calendar.coupons, read(world, updateCalendarCouponRequestSchema, body));
    return {};
  }),
];
