import type { z } from 'zod';
import {
  lumaCalendarSchema,
  lumaEntityLookupSchema,
  lumaEventAddedSchema,
  lumaEventLookupSchema,
  lumaUploadUrlSchema,
} from './answers/calendar.js';
import { lumaCouponSchema, lumaTicketTypeSchema } from './answers/commerce.js';
import { lumaCancelRequestedSchema, lumaCreatedSchema, lumaEventSchema } from './answers/event.js';
import { lumaGuestSchema, lumaGuestsAcceptedSchema } from './answers/guest.js';
import { lumaContactSchema, lumaSelfSchema, lumaTagCreatedSchema, lumaTagSchema } from './answers/people.js';
import { lumaWebhookSchema } from './answers/webhook.js';
import { toSchemaOfInput } from './reads.js';
import * as calendar from './requests/calendar.js';
import * as commerce from './requests/commerce.js';
import * as event from './requests/event.js';
import * as eventTags from './requests/event-tags.js';
import * as guest from './requests/guest.js';
import * as webhook from './requests/webhook.js';
import { PAYLOADS } from './webhooks/envelope.js';

/** What is sent to a route of Luma and what is read of its answer. */
export interface RouteContract {
  query?: z.ZodType;
  body?: z.ZodType;
  /** The answer itself. Without it nothing of the answer is read. */
  answer?: z.ZodType;
  /** Of a list: each of its `entries`. */
  entry?: z.ZodType;
}

/** Every present route that this contract has schemas for. */
export const ROUTES = {
  'GET /v1/users/get-self': { answer: lumaSelfSchema },
  'GET /v1/calendars/get': { answer: lumaCalendarSchema },
  'GET /v1/entities/lookup': { query: calendar.lookupEntityQuerySchema, answer: lumaEntityLookupSchema },
  'GET /v1/events/get': { query: event.getEventQuerySchema, answer: lumaEventSchema },
  'GET /v1/calendars/events/list': { query: calendar.listEventsQuerySchema, entry: lumaEventSchema },
  'POST /v1/events/create': { body: event.createEventRequestSchema, answer: lumaCreatedSchema },
  'POST /v1/events/update': { body: event.updateEventRequestSchema },
  'POST /v1/events/cancel/request': { body: event.requestCancelRequestSchema, answer: lumaCancelRequestedSchema },
  'POST /v1/events/cancel': { body: event.cancelEventRequestSchema },
  'POST /v1/events/hosts/add': { body: event.addHostRequestSchema },
  'POST /v1/images/create-upload-url': { body: calendar.createUploadUrlRequestSchema, answer: lumaUploadUrlSchema },
  'GET /v1/events/guests/get': { query: guest.getGuestQuerySchema, answer: lumaGuestSchema },
  'GET /v1/events/guests/list': { query: guest.listGuestsQuerySchema, entry: lumaGuestSchema },
  'POST /v1/events/guests/add': { body: guest.addGuestsRequestSchema, answer: lumaGuestsAcceptedSchema },
  'POST /v1/events/guests/update-status': { body: guest.updateGuestStatusRequestSchema },
  'POST /v1/events/guests/send-invites': { body: guest.sendInvitesRequestSchema, answer: lumaGuestsAcceptedSchema },
  'GET /v1/events/ticket-types/list': { query: commerce.listTicketTypesQuerySchema, entry: lumaTicketTypeSchema },
  'GET /v1/events/ticket-types/get': { query: commerce.getTicketTypeQuerySchema, answer: lumaTicketTypeSchema },
  'POST /v1/events/ticket-types/create': {
    body: commerce.createTicketTypeRequestSchema,
    answer: lumaTicketTypeSchema,
  },
  'GET /v1/events/coupons/list': { query: commerce.listEventCouponsQuerySchema, entry: lumaCouponSchema },
  'POST /v1/events/coupons/create': { body: commerce.createEventCouponRequestSchema, answer: lumaCouponSchema },
  'POST /v1/events/coupons/update': { body: commerce.updateEventCouponRequestSchema },
  'GET /v1/calendars/coupons/list': { query: commerce.listPagedQuerySchema, entry: lumaCouponSchema },
  'POST /v1/calendars/coupons/create': { body: commerce.createCalendarCouponRequestSchema, answer: lumaCouponSchema },
  'POST /v1/calendars/coupons/update': { body: commerce.updateCalendarCouponRequestSchema },
  'GET /v1/calendars/events/lookup': { query: calendar.lookupEventQuerySchema, answer: lumaEventLookupSchema },
  'POST /v1/calendars/events/add': { body: calendar.addCalendarEventRequestSchema, answer: lumaEventAddedSchema },
  'GET /v1/calendars/event-tags/list': { entry: lumaTagSchema },
  'POST /v1/calendars/event-tags/create': { body: eventTags.createEventTagRequestSchema, answer: lumaTagCreatedSchema },
  'POST /v1/calendars/event-tags/apply': { body: eventTags.applyEventTagRequestSchema },
  'POST /v1/calendars/event-tags/unapply': { body: eventTags.applyEventTagRequestSchema },
  'GET /v1/calendars/contacts/list': { query: calendar.listContactsQuerySchema, entry: lumaContactSchema },
  'GET /v1/webhooks/list': { query: commerce.listPagedQuerySchema, entry: lumaWebhookSchema },
  'GET /v2/webhooks/get': { query: webhook.webhookIdSchema, answer: lumaWebhookSchema },
  'POST /v2/webhooks/create': { body: webhook.createWebhookRequestSchema, answer: lumaWebhookSchema },
  'POST /v2/webhooks/update': { body: webhook.updateWebhookRequestSchema, answer: lumaWebhookSchema },
  'POST /v1/webhooks/delete': { body: webhook.webhookIdSchema },
} as const satisfies Readonly<Record<string, RouteContract>>;

/**
 * What this contract sends and reads, as JSON Schemas, by part: `POST /v1/events/create body`, `webhook event.created`.
 *
 * @param isTurnedShown Whether fields are in it that are read under another name.
 */
export function describeContract(isTurnedShown = true): ReadonlyMap<string, object> {
  const parts = new Map<string, object>();
  const describe = (schema: z.ZodType) => toSchemaOfInput(schema, isTurnedShown);
  for (const [route, { query, body, answer, entry }] of Object.entries<RouteContract>(ROUTES)) {
    if (query !== undefined) parts.set(`${route} query`, describe(query));
    if (body !== undefined) parts.set(`${route} body`, describe(body));
    if (answer !== undefined) parts.set(`${route} answer`, describe(answer));
    if (entry !== undefined) parts.set(`${route} answer`, pageOf(describe(entry)));
  }
  for (const [type, data] of Object.entries<z.ZodType>(PAYLOADS))
    parts.set(`webhook ${type}`, objectOf({ type: { type: 'string', const: type }, data: describe(data) }));
  return parts;
}

const objectOf = (properties: object, required = Object.keys(properties)) => ({ type: 'object', properties, required });

/** `has_more` and `next_cursor` are read by `parseListPage`. */
const pageOf = (items: object) =>
  objectOf(
    { entries: { type: 'array', items }, has_more: { type: 'boolean' }, next_cursor: { type: ['string', 'null'] } },
    ['entries'],
  );
