/** What a request does if it is sent twice; decides what a lost answer means. */
export type Effect =
  /** Changes nothing: repeat at will. */
  | 'read'
  /** Sets a state: a repetition does no harm, but what it did the first time is unknown after a lost answer. */
  | 'repeatable'
  /** Makes something new, or mails: never repeat before having looked. */
  | 'unrepeatable';

export interface Endpoint {
  method: 'GET' | 'POST';
  /** Version included: the version is per route at Luma, not per API. */
  path: `/v${1 | 2}/${string}`;
  effect: Effect;
}

const get = (path: Endpoint['path']): Endpoint => ({ method: 'GET', path, effect: 'read' });
const set = (path: Endpoint['path']): Endpoint => ({ method: 'POST', path, effect: 'repeatable' });
const make = (path: Endpoint['path']): Endpoint => ({ method: 'POST', path, effect: 'unrepeatable' });

/** Luma's present routes (docs/luma-api.md). */
export const ENDPOINTS = {
  getSelf: get('/v1/users/get-self'),
  getCalendar: get('/v1/calendars/get'),
  lookupEntity: get('/v1/entities/lookup'),
  getEvent: get('/v1/events/get'),
  listEvents: get('/v1/calendars/events/list'),
  createEvent: make('/v1/events/create'),
  updateEvent: set('/v1/events/update'),
  requestCancellation: set('/v1/events/cancel/request'),
  cancelEvent: make('/v1/events/cancel'),
  createImageUploadUrl: set('/v1/images/create-upload-url'),
  getGuest: get('/v1/events/guests/get'),
  listGuests: get('/v1/events/guests/list'),
  addGuests: make('/v1/events/guests/add'),
  updateGuestStatus: set('/v1/events/guests/update-status'),
  listTicketTypes: get('/v1/events/ticket-types/list'),
  listEventCoupons: get('/v1/events/coupons/list'),
  createEventCoupon: make('/v1/events/coupons/create'),
  updateEventCoupon: set('/v1/events/coupons/update'),
  listCalendarCoupons: get('/v1/calendars/coupons/list'),
  createCalendarCoupon: make('/v1/calendars/coupons/create'),
  updateCalendarCoupon: set('/v1/calendars/coupons/update'),
  lookupCalendarEvent: get('/v1/calendars/events/lookup'),
  addEventToCalendar: make('/v1/calendars/events/add'),
  listEventTags: get('/v1/calendars/event-tags/list'),
  createEventTag: make('/v1/calendars/event-tags/create'),
  applyEventTag: set('/v1/calendars/event-tags/apply'),
  unapplyEventTag: set('/v1/calendars/event-tags/unapply'),
  listContacts: get('/v1/calendars/contacts/list'),
  listWebhooks: get('/v1/webhooks/list'),
  getWebhook: get('/v2/webhooks/get'),
  createWebhook: make('/v2/webhooks/create'),
  updateWebhook: set('/v2/webhooks/update'),
  deleteWebhook: set('/v1/webhooks/delete'),
} as const satisfies Record<string, Endpoint>;

/** A repetition would mail again: then the request is not repeatable, whatever it sets. */
export function whenMailing(endpoint: Endpoint, doesMail: boolean): Endpoint {
  return doesMail ? { ...endpoint, effect: 'unrepeatable' } : endpoint;
}
