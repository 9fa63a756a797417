import { z } from 'zod';
import { instantSchema, lenient, openEnum } from '../tolerance.js';
import { unwrapCoupon, unwrapTicketType } from '../unwrap.js';

const plainDateSchema = z.union([z.iso.date(), instantSchema]);

/**
 * A coupon. Its natural key is `code` (at most 20 characters, case does not count); its terms cannot be changed.
 * Documented.
 */
export const lumaCouponSchema = z.preprocess(
  unwrapCoupon,
  z.object({
    id: z.string().min(1),
    code: z.string().min(1),
    /** 1000000 means unlimited (documented). */
    remaining_count: lenient(z.number().int()),
    valid_start_at: lenient(plainDateSchema.nullable()),
    valid_end_at: lenient(plainDateSchema.nullable()),
    percent_off: lenient(z.number().nullable()),
    cents_off: lenient(z.number().nullable()),
    currency: lenient(z.string().nullable()),
    event_ticket_type_id: lenient(z.string().nullable()),
  }),
);
export type LumaCoupon = z.output<typeof lumaCouponSchema>;

/**
 * A ticket type. Approval is required here, per type, not per event (documented). Hidden types are listed only on
 * request.
 */
export const lumaTicketTypeSchema = z.preprocess(
  unwrapTicketType,
  z.object({
    id: z.string().min(1),
    name: z.string(),
    type: lenient(openEnum(['free', 'paid'])),
    require_approval: lenient(z.boolean()),
    is_hidden: lenient(z.boolean()),
    description: lenient(z.string().nullable()),
    /** Plain dates; the document says no more than that it is text. */
    valid_start_at: lenient(z.string().nullable()),
    valid_end_at: lenient(z.string().nullable()),
    max_capacity: lenient(z.number().nullable()),
    cents: lenient(z.number().nullable()),
    currency: lenient(z.string().nullable()),
    is_flexible: lenient(z.boolean()),
    min_cents: lenient(z.number().nullable()),
  }),
);
export type LumaTicketType = z.output<typeof lumaTicketTypeSchema>;
