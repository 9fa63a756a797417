import { asRecord } from './tolerance.js';

/**
 * From Luma's two generations of shapes to the present one. Old routes wrap their objects (`{event,hosts}`, `{guest}`,
 * entries of `{api_id,event,tags}`) and name ids `api_id`; present routes are flat and say `id` (both seen live).
 * Every function here takes anything and leaves what it does not understand as it is: judging is the schemas' work.
 */

/** Old name -> present name, used when only the old one is there. All documented as deprecated aliases. */
const RENAMED: Readonly<Record<string, string>> = {
  api_id: 'id',
  event_api_id: 'event_id',
  user_api_id: 'user_id',
  calendar_api_id: 'calendar_id',
  guest_api_id: 'guest_id',
  event_ticket_type_api_id: 'event_ticket_type_id',
};

/** Copies deprecated id names to their present names; the present one wins when both are there. */
export function renameApiIds(raw: unknown): unknown {
  const record = asRecord(raw);
  if (record === null) return raw;
  const renamed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    const present = RENAMED[key];
    if (present === undefined) {
      // A present name that is there but undefined must not undo what its old name gave.
      if (value !== undefined || !(key in renamed)) renamed[key] = value;
    } else if (record[present] === undefined) renamed[present] = value;
  }
  return renamed;
}

/** Takes the object out of `{[wrapper]: {...}}`; outer fields (hosts, tags) join it unless it has its own. */
export function unwrap(raw: unknown, wrapper: string): unknown {
  const outer = asRecord(raw);
  const inner = outer === null ? null : asRecord(outer[wrapper]);
  if (outer === null || inner === null) return renameApiIds(raw);
  const { [wrapper]: _inner, api_id: _apiId, ...rest } = outer;
  return renameApiIds({ ...rest, ...inner });
}

/** Old and webhook events carry the place as two strings (documented, seen live); present ones as `coordinate`. */
function withCoordinate(record: Record<string, unknown>): Record<string, unknown> {
  if ('coordinate' in record || !('geo_latitude' in record && 'geo_longitude' in record)) return record;
  const latitude = toNumber(record.geo_latitude);
  const longitude = toNumber(record.geo_longitude);
  return { ...record, coordinate: latitude === null || longitude === null ? null : { latitude, longitude } };
}

function toNumber(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** `{event,hosts}`, `{api_id,event,tags}` or a flat event -> a flat event with `id` and `coordinate`. */
export function unwrapEvent(raw: unknown): unknown {
  // A guest's webhook also holds an `event`; a present flat event never does, so the wrapper's name decides safely
  // here.
  const record = asRecord(unwrap(raw, 'event'));
  if (record === null) return raw;
  const event = withCoordinate(record);
  // The old shape has a second field for Zoom alone. The present one has `meeting_url` for every kind of meeting.
  if ((event.meeting_url ?? null) === null && typeof event.zoom_meeting_url === 'string') {
    return { ...event, meeting_url: event.zoom_meeting_url };
  }
  return event;
}

/** `{guest}`, `{api_id,guest}` or a flat guest -> a flat guest whose tickets are in `event_tickets`. */
export function unwrapGuest(raw: unknown): unknown {
  const record = asRecord(unwrap(raw, 'guest'));
  if (record === null) return raw;
  const guest = { ...record };
  if (!('user_email' in guest) && 'email' in guest) guest.user_email = guest.email;
  if (!('utm_source' in guest) && 'custom_source' in guest) guest.utm_source = guest.custom_source;
  const only = asRecord(guest.event_ticket);
  if (!('event_tickets' in guest) && only !== null) guest.event_tickets = [only];
  return guest;
}

/** `{webhook}` -> the webhook. */
export const unwrapWebhook = (raw: unknown): unknown => unwrap(raw, 'webhook');
/** `{coupon}` -> the coupon. */
export const unwrapCoupon = (raw: unknown): unknown => unwrap(raw, 'coupon');
/** `{calendar}` -> the calendar. */
export const unwrapCalendar = (raw: unknown): unknown => unwrap(raw, 'calendar');
/** `{user}` -> the user. */
export const unwrapUser = (raw: unknown): unknown => unwrap(raw, 'user');

/** Old contacts nest the person in `user`; the contact's own id stays outside. */
export function unwrapContact(raw: unknown): unknown {
  const contact = asRecord(renameApiIds(raw));
  const person = contact === null ? null : asRecord(renameApiIds(contact.user));
  if (contact === null || person === null) return contact ?? raw;
  const { user: _user, ...own } = contact;
  return { ...person, ...own, user_id: own.user_id ?? person.id };
}

/** `{ticket_type}` -> the ticket type; the old type `fiat-price` is today's `paid`. */
export function unwrapTicketType(raw: unknown): unknown {
  const record = asRecord(unwrap(raw, 'ticket_type'));
  if (record === null) return raw;
  return record.type === 'fiat-price' ? { ...record, type: 'paid' } : record;
}

/** Old lists of ticket types say `{ticket_types}` where present ones say `{entries}`. */
export function unwrapEntries(raw: unknown): unknown {
  const record = asRecord(raw);
  if (record === null || 'entries' in record || !('ticket_types' in record)) return raw;
  return { ...record, entries: record.ticket_types };
}
