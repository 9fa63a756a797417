import { parseUrl } from '@luma-sync/domain';
import { REQUEST_TIMEOUT_MS } from '@luma-sync/jobs';
import {
  lumaCalendarSchema,
  lumaCancelRequestedSchema,
  lumaContactSchema,
  lumaCouponSchema,
  lumaCreatedSchema,
  lumaEntityLookupSchema,
  lumaEventAddedSchema,
  lumaEventLookupSchema,
  lumaEventSchema,
  lumaGuestSchema,
  lumaGuestsAcceptedSchema,
  lumaSelfSchema,
  lumaTagCreatedSchema,
  lumaTagSchema,
  lumaTicketTypeSchema,
  lumaUploadUrlSchema,
  lumaWebhookSchema,
  parseListPage,
} from '@luma-sync/luma-contract';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint, whenMailing } from './endpoint.js';
import { walkPages } from './listing.js';
import type { CallOptions, LumaApi, NoteReading } from './luma-api.js';
import { readAnswer, toUnexpectedAnswer } from './read-answer.js';
import { createRecordReader } from './read-records.js';
import type { QueryValue } from './request-url.js';
import { createTransport, type Transport, type TransportOptions } from './transport.js';

export interface LumaClientOptions extends Omit<TransportOptions, 'requestTimeoutMs' | 'answerBytesMax'> {
  /** Default 30,000. The budget holds a slot this long when no answer comes. */
  requestTimeoutMs?: number;
  /** Default 16 MiB; a page of 100 guests with all their answers is well below one. */
  answerBytesMax?: number;
  /** Told what was read of events and guests, and what could not be. */
  noteReading?: NoteReading | undefined;
}

export interface LumaClient extends LumaApi {
  /** Closes idle connections. */
  close(): void;
}

const anyObjectSchema = z.record(z.string(), z.unknown());

/**
 * Luma's API for one key.
 * @throws {RangeError} no key, or a base URL that is none.
 */
export function createLumaClient(options: LumaClientOptions): LumaClient {
  // The form of keys is not documented: anything but nothing may be one.
  if (options.apiKey.trim() === '') throw new RangeError('a Luma API key must not be empty');
  if (parseUrl(options.baseUrl) === null) throw new RangeError('the base URL of Luma is not a URL');
  const transport = createTransport({
    ...options,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    answerBytesMax: options.answerBytesMax ?? 16 * 1_048_576,
  });
  return createLumaApi(transport, options.noteReading);
}

/** What the methods send and how answers are read, over whatever carries requests. */
export function createLumaApi(transport: Transport, noteReading?: NoteReading): LumaClient {
  type Input = { query?: Record<string, QueryValue>; body?: object };
  const ask = async <S extends z.ZodType>(endpoint: Endpoint, schema: S, input: Input, call: CallOptions) => {
    const raw = await transport.call(endpoint, input, call);
    return readAnswer(endpoint, raw, (answer) => schema.parse(answer));
  };
  const tell = async (endpoint: Endpoint, body: object, call: CallOptions): Promise<void> => {
    await ask(endpoint, anyObjectSchema, { body }, call);
  };
  const list = async <S extends z.ZodType>(endpoint: Endpoint, entry: S, query: object, call: CallOptions) => {
    const raw = await transport.call(endpoint, { query: { ...query } }, call);
    return readAnswer(endpoint, raw, (answer) => parseListPage(answer, entry));
  };
  const records = createRecordReader(transport, noteReading);
  const events = (endpoint: Endpoint, query: object) => ({
    of: { kind: 'event' as const, lumaEventId: null },
    endpoint,
    schema: lumaEventSchema,
    query: { ...query },
  });
  const guests = (endpoint: Endpoint, query: { event_id: string; [name: string]: QueryValue }) => ({
    of: { kind: 'guest' as const, lumaEventId: query.event_id },
    endpoint,
    schema: lumaGuestSchema,
    query: { ...query },
  });

  const client: LumaClient = {
    waitForSlot: (effect, call) => transport.waitForSlot(effect, call),
    getSelf: (call) => ask(ENDPOINTS.getSelf, lumaSelfSchema, {}, call),
    getCalendar: (call) => ask(ENDPOINTS.getCalendar, lumaCalendarSchema, {}, call),
    lookupEntity: async (slug, call) =>
      (await ask(ENDPOINTS.lookupEntity, lumaEntityLookupSchema, { query: { slug } }, call)).entity,

    getEvent: (eventId, call) => records.get(events(ENDPOINTS.getEvent, { event_id: eventId }), call),
    findEvent: (eventId, call) => records.find(events(ENDPOINTS.getEvent, { event_id: eventId }), call),
    listEvents: (query, call) => records.page(events(ENDPOINTS.listEvents, query), call),
    listAllEvents: (query, call, limits) =>
      walkPages((cursor) => client.listEvents({ ...query, pagination_cursor: cursor }, call), limits),
    createEvent: (body, call) => ask(ENDPOINTS.createEvent, lumaCreatedSchema, { body }, call),
    updateEvent: (eventId, changes, { suppressNotifications }, call) =>
      tell(
        whenMailing(ENDPOINTS.updateEvent, !suppressNotifications),
        { ...changes, event_id: eventId, suppress_notifications: suppressNotifications },
        call,
      ),
    requestCancellation: (eventId, call) =>
      ask(ENDPOINTS.requestCancellation, lumaCancelRequestedSchema, { body: { event_id: eventId } }, call),
    cancelEvent: (eventId, { token, shouldRefund }, _mail, call) =>
      tell(ENDPOINTS.cancelEvent, { event_id: eventId, cancellation_token: token, should_refund: shouldRefund }, call),

    createImageUploadUrl: (contentType, call) =>
      ask(ENDPOINTS.createImageUploadUrl, lumaUploadUrlSchema, { body: { content_type: contentType } }, call),
    uploadImage: (uploadUrl, image, call) => transport.upload(uploadUrl, image, call),

    getGuest: (eventId, guestId, call) =>
      records.get(guests(ENDPOINTS.getGuest, { event_id: eventId, id: guestId }), call),
    findGuest: (eventId, guestId, call) =>
      records.find(guests(ENDPOINTS.getGuest, { event_id: eventId, id: guestId }), call),
    listGuests: (query, call) => records.page(guests(ENDPOINTS.listGuests, query), call),
    listAllGuests: (query, call, limits) =>
      walkPages((cursor) => client.listGuests({ ...query, pagination_cursor: cursor }, call), limits),
    addGuests: (eventId, body, { sendEmail }, call) =>
      ask(
        ENDPOINTS.addGuests,
        lumaGuestsAcceptedSchema,
        { body: { ...body, event_id: eventId, send_email: sendEmail } },
        call,
      ),
    updateGuestStatus: (eventId, body, { sendEmail }, call) =>
      tell(
        whenMailing(ENDPOINTS.updateGuestStatus, sendEmail),
        { ...body, event_id: eventId, send_email: sendEmail },
        call,
      ),

    listEventTags: async (call) => {
      const page = await list(ENDPOINTS.listEventTags, lumaTagSchema, {}, call);
      // Unpaged and short: a tag that cannot be read is not one that is not there.
      const unread = page.odd.filter(({ isRead }) => !isRead);
      if (unread.length > 0) throw toUnexpectedAnswer(ENDPOINTS.listEventTags, ['entries']);
      return page.entries;
    },
    createEventTag: (name, call) => ask(ENDPOINTS.createEventTag, lumaTagCreatedSchema, { body: { name } }, call),
    applyEventTag: (tag, eventId, call) => tell(ENDPOINTS.applyEventTag, { tag, event_ids: [eventId] }, call),
    unapplyEventTag: (tag, eventId, call) => tell(ENDPOINTS.unapplyEventTag, { tag, event_ids: [eventId] }, call),

    listTicketTypes: async (eventId, call) => {
      const page = await list(
        ENDPOINTS.listTicketTypes,
        lumaTicketTypeSchema,
        { event_id: eventId, include_hidden: 'true' },
        call,
      );
      // Unpaged and short: a type that cannot be read is not one that is not there.
      const unread = page.odd.filter(({ isRead }) => !isRead);
      if (unread.length > 0) {
        const fields = unread.flatMap(({ notes }) => notes.map(({ path }) => path));
        throw toUnexpectedAnswer(ENDPOINTS.listTicketTypes, fields);
      }
      return page.entries;
    },

    listEventCoupons: (eventId, page, call) =>
      list(ENDPOINTS.listEventCoupons, lumaCouponSchema, { event_id: eventId, ...page }, call),
    listAllEventCoupons: (eventId, call, limits) =>
      walkPages((cursor) => client.listEventCoupons(eventId, { pagination_cursor: cursor }, call), limits),
    createEventCoupon: (eventId, body, call) =>
      ask(ENDPOINTS.createEventCoupon, lumaCouponSchema, { body: { ...body, event_id: eventId } }, call),
    updateEventCoupon: (eventId, body, call) => tell(ENDPOINTS.updateEventCoupon, { ...body, event_id: eventId }, call),
    listCalendarCoupons: (page, call) => list(ENDPOINTS.listCalendarCoupons, lumaCouponSchema, page, call),
    listAllCalendarCoupons: (call, limits) =>
      walkPages((cursor) => client.listCalendarCoupons({ pagination_cursor: cursor }, call), limits),
    createCalendarCoupon: (body, call) => ask(ENDPOINTS.createCalendarCoupon, lumaCouponSchema, { body }, call),
    updateCalendarCoupon: (body, call) => tell(ENDPOINTS.updateCalendarCoupon, body, call),

    lookupCalendarEvent: async (by, call) => {
      // The address alone was refused once (docs/luma-api.md); the platform goes with it.
      const query = 'eventId' in by ? { event_id: by.eventId, platform: 'luma' } : { url: by.url, platform: 'luma' };
      return (await ask(ENDPOINTS.lookupCalendarEvent, lumaEventLookupSchema, { query }, call)).event;
    },
    addEventToCalendar: (body, call) => ask(ENDPOINTS.addEventToCalendar, lumaEventAddedSchema, { body }, call),

    listContacts: (query, call) => list(ENDPOINTS.listContacts, lumaContactSchema, query, call),
    listAllContacts: (query, call, limits) =>
      walkPages((cursor) => client.listContacts({ ...query, pagination_cursor: cursor }, call), limits),

    listWebhooks: (page, call) => list(ENDPOINTS.listWebhooks, lumaWebhookSchema, page, call),
    listAllWebhooks: (call, limits) =>
      walkPages((cursor) => client.listWebhooks({ pagination_cursor: cursor }, call), limits),
    getWebhook: (webhookId, call) => ask(ENDPOINTS.getWebhook, lumaWebhookSchema, { query: { id: webhookId } }, call),
    createWebhook: ({ url, eventTypes }, call) =>
      ask(ENDPOINTS.createWebhook, lumaWebhookSchema, { body: { url, event_types: eventTypes } }, call),
    updateWebhook: (webhookId, { eventTypes, status }, call) =>
      ask(
        ENDPOINTS.updateWebhook,
        lumaWebhookSchema,
        { body: { id: webhookId, event_types: eventTypes, status } },
        call,
      ),
    deleteWebhook: (webhookId, call) => tell(ENDPOINTS.deleteWebhook, { id: webhookId }, call),

    close: () => transport.close(),
  };
  return client;
}
