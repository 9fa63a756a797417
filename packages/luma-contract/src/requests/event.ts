import { z } from 'zod';
import { emailField, eventIdField, instantField, urlField } from './fields.js';
import { registrationQuestionSchema } from './questions.js';

/** Covers must already be on Luma's image host (documented): upload first, see `createUploadUrlRequestSchema`. */
export const LUMA_IMAGE_BASE_URL = 'https://images.lumacdn.com/';

/** An address as it is sent; it comes back in another shape (`LumaGeoAddress`). Documented. */
export const geoAddressInputSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('manual'), address: z.string().min(1) }),
  z.strictObject({ type: z.literal('google'), place_id: z.string().min(1), description: z.string().optional() }),
]);
export type GeoAddressInput = z.output<typeof geoAddressInputSchema>;

/** A ticket type given with `events/create`; it replaces the default free one (reported by users). */
export const newTicketTypeSchema = z.strictObject({
  name: z.string().min(1).max(30),
  type: z.enum(['free', 'paid']),
  require_approval: z.boolean().optional(),
  is_hidden: z.boolean().optional(),
  max_capacity: z.number().int().positive().nullable().optional(),
  cents: z.number().int().nonnegative().nullable().optional(),
  currency: z.string().nullable().optional(),
});

export const coordinateInputSchema = z.strictObject({ longitude: z.number(), latitude: z.number() });

/** Place, coordinate and link may be left out and are never null: no request empties them (documented). */
const eventFields = {
  end_at: instantField.optional(),
  /** Markdown; Luma gives back a changed version (seen live). */
  description_md: z.string().optional(),
  /**
   * Must begin with {@link LUMA_IMAGE_BASE_URL} at Luma; checked there, not here, so that a simulator may use its own
   * host.
   */
  cover_url: urlField.optional(),
  coordinate: coordinateInputSchema.optional(),
  geo_address_json: geoAddressInputSchema.optional(),
  location_visibility: z.enum(['public', 'guests-only']).optional(),
  /** Any text (documented). */
  meeting_url: z.string().optional(),
  max_capacity: z.number().int().positive().nullable().optional(),
  waitlist_status: z.enum(['disabled', 'enabled']).optional(),
  registration_open: z.boolean().optional(),
  can_register_for_multiple_tickets: z.boolean().optional(),
  name_requirement: z.enum(['full-name', 'first-last']).optional(),
  phone_number_requirement: z.enum(['optional', 'required']).nullable().optional(),
  registration_questions: z.array(registrationQuestionSchema).optional(),
  reminders_disabled: z.boolean().optional(),
  feedback_email: z.strictObject({ enabled: z.boolean(), delay: z.string().optional() }).optional(),
  show_guest_list: z.boolean().optional(),
  /** Unique over all of Luma, 3-50 characters; creation fails when it is taken (documented). */
  slug: z.string().min(3).max(50).optional(),
  tint_color: z.string().optional(),
  visibility: z.enum(['public', 'members-only', 'private']).optional(),
};

/**
 * `POST /v1/events/create`. Has no idempotency key: a lost answer leaves the slug as the only way to look. Documented.
 */
export const createEventRequestSchema = z.strictObject({
  name: z.string().min(1),
  start_at: instantField,
  timezone: z.string().min(1),
  ...eventFields,
  ticket_types: z.array(newTicketTypeSchema).min(1).optional(),
});
export type CreateEventRequest = z.output<typeof createEventRequestSchema>;

/**
 * `POST /v1/events/update`: what is absent stays. Luma mails all guests when name, time or place change unless
 * `suppress_notifications` is true (documented).
 */
export const updateEventRequestSchema = z.strictObject({
  event_id: eventIdField,
  suppress_notifications: z.boolean().optional(),
  name: z.string().min(1).optional(),
  start_at: instantField.optional(),
  timezone: z.string().min(1).optional(),
  ...eventFields,
});
export type UpdateEventRequest = z.output<typeof updateEventRequestSchema>;

/** `GET /v1/events/get`. Documented. */
export const getEventQuerySchema = z.object({ event_id: eventIdField });

/** `POST /v1/events/cancel/request`: changes nothing, answers a token for the next call. Documented. */
export const requestCancelRequestSchema = z.strictObject({ event_id: eventIdField });

/** `POST /v1/events/cancel`: mails every guest, refunds, deletes the event; cannot be undone. Documented. */
export const cancelEventRequestSchema = z.strictObject({
  event_id: eventIdField,
  cancellation_token: z.string().min(1),
  should_refund: z.boolean().optional(),
});
export type CancelEventRequest = z.output<typeof cancelEventRequestSchema>;

/** `POST /v1/events/hosts/add`. Documented. */
export const addHostRequestSchema = z.strictObject({
  event_id: eventIdField,
  email: emailField,
  name: z.string().optional(),
  access_level: z.enum(['none', 'check-in', 'manager']).optional(),
  is_visible: z.boolean().optional(),
});
export type AddHostRequest = z.output<typeof addHostRequestSchema>;
