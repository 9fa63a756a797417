import { z } from 'zod';
import { CURRENCIES } from './currencies.js';
import { newTicketTypeSchema } from './event.js';
import { eventIdField, instantField, pagingFields, plainDateField } from './fields.js';

/**
 * `GET /v1/events/ticket-types/list`; not paged; hidden types only on request (`include_hidden` is a string).
 * Documented.
 */
export const listTicketTypesQuerySchema = z.object({ event_id: eventIdField, include_hidden: z.string().optional() });
export const getTicketTypeQuerySchema = z.object({ event_ticket_type_id: z.string().min(1) });

/** `POST /v1/events/ticket-types/create`. Documented; the length limits are reported by users. */
export const createTicketTypeRequestSchema = newTicketTypeSchema.extend({
  event_id: eventIdField,
  description: z.string().max(1000).nullable().optional(),
  valid_start_at: plainDateField.nullable().optional(),
  valid_end_at: plainDateField.nullable().optional(),
  is_flexible: z.boolean().optional(),
  min_cents: z.number().int().nonnegative().nullable().optional(),
});
export type CreateTicketTypeRequest = z.output<typeof createTicketTypeRequestSchema>;

/** What a coupon takes off. Immutable once made. A top-level `percent_off` or a type `cents` is refused (reported). */
const couponDiscountSchema = z.discriminatedUnion('discount_type', [
  z.strictObject({ discount_type: z.literal('percent'), percent_off: z.number().min(0).max(100) }),
  z.strictObject({
    discount_type: z.literal('amount'),
    cents_off: z.number().int().positive(),
    currency: z.enum(CURRENCIES),
  }),
]);

const couponFields = {
  code: z.string().min(1).max(20),
  remaining_count: z.number().int().min(0).max(1_000_000).optional(),
  /** Moments, where ticket types have plain dates. */
  valid_start_at: instantField.nullable().optional(),
  valid_end_at: instantField.nullable().optional(),
};

/** `POST /v1/calendars/coupons/create`. Documented. */
export const createCalendarCouponRequestSchema = z.strictObject({ ...couponFields, discount: couponDiscountSchema });
export type CreateCalendarCouponRequest = z.output<typeof createCalendarCouponRequestSchema>;
/** `POST /v1/events/coupons/create`. Documented. */
export const createEventCouponRequestSchema = createCalendarCouponRequestSchema.extend({
  event_id: eventIdField,
  event_ticket_type_id: z.string().optional(),
});
export type CreateEventCouponRequest = z.output<typeof createEventCouponRequestSchema>;
/** `POST /v1/calendars/coupons/update`: `code` is the key, the discount cannot change. Documented. */
export const updateCalendarCouponRequestSchema = z.strictObject(couponFields);
export type UpdateCalendarCouponRequest = z.output<typeof updateCalendarCouponRequestSchema>;
/** `POST /v1/events/coupons/update`. Documented. */
export const updateEventCouponRequestSchema = updateCalendarCouponRequestSchema.extend({ event_id: eventIdField });
export type UpdateEventCouponRequest = z.output<typeof updateEventCouponRequestSchema>;

export const listEventCouponsQuerySchema = z.object({ event_id: eventIdField, ...pagingFields });
export const listPagedQuerySchema = z.object(pagingFields);
