import { z } from 'zod';
import {
  emailOrNullSchema,
  emailSchema,
  instantSchema,
  lenient,
  listOf,
  openEnum,
  textOrNullSchema,
  type UnknownValue,
} from '../tolerance.js';
import { renameApiIds, unwrapGuest } from '../unwrap.js';

/**
 * Every state a guest can be read in (documented). `session` is undocumented in meaning and cannot be written.
 * `declined` covers a host's refusal and a guest's own cancellation alike (seen live): it never says who did it.
 */
const APPROVAL_STATUSES = ['approved', 'session', 'pending_approval', 'invited', 'declined', 'waitlist'] as const;
export type LumaKnownApprovalStatus = (typeof APPROVAL_STATUSES)[number];
/** A known state, or `unknown:<Luma's word>` for one Luma added later. */
export type LumaApprovalStatus = LumaKnownApprovalStatus | UnknownValue;

const lumaApprovalStatusSchema = openEnum(APPROVAL_STATUSES);

/**
 * One ticket of a guest. Check-in lives here alone (`checked_in_at`) and cannot be written (documented). `amount` is
 * what was paid net, in minor units; the list price is `amount + amount_discount`. `is_captured: false` is no sale.
 */
export const lumaTicketSchema = z.preprocess(
  renameApiIds,
  z.object({
    id: z.string().min(1),
    name: lenient(z.string()),
    event_ticket_type_id: lenient(z.string()),
    checked_in_at: lenient(instantSchema.nullable()),
    amount: lenient(z.number()),
    amount_discount: lenient(z.number()),
    amount_tax: lenient(z.number()),
    currency: lenient(z.string().nullable()),
    is_captured: lenient(z.boolean()),
  }),
);
export type LumaTicket = z.output<typeof lumaTicketSchema>;

/**
 * An order behind tickets; in `guests/get` and webhooks only. A free order still says `currency: "usd"` (seen live).
 */
const lumaTicketOrderSchema = z.preprocess(
  renameApiIds,
  z.object({
    id: z.string().min(1),
    amount: lenient(z.number()),
    amount_discount: lenient(z.number()),
    amount_tax: lenient(z.number()),
    amount_refunded: lenient(z.number()),
    currency: lenient(z.string().nullable()),
    coupon_info: lenient(
      z.preprocess(
        renameApiIds,
        z
          .object({
            id: lenient(z.string()),
            code: z.string(),
            percent_off: lenient(z.number().nullable()),
            cents_off: lenient(z.number().nullable()),
            currency: lenient(z.string().nullable()),
          })
          .nullable(),
      ),
    ),
    is_captured: lenient(z.boolean()),
  }),
);
export type LumaTicketOrder = z.output<typeof lumaTicketOrderSchema>;

/**
 * The box of a question of this type is ticked or not; an unticked one comes without a `value` (documented as
 * optional).
 */
const CHECK_BOX = 'agree-check';

/** An answer to a registration question; `value` depends on the type of question (documented). */
const lumaRegistrationAnswerSchema = z
  .object({
    question_id: z.string(),
    label: lenient(z.string()),
    question_type: lenient(z.string()),
    value: z.unknown().optional(),
  })
  .transform((answer) => ({
    ...answer,
    value: answer.value ?? (answer.question_type === CHECK_BOX ? false : null),
  }));

/**
 * A guest, from any route, old or present, or from a webhook. There is no update time: `registered_at` does not move
 * when the state changes, and no time of approval or refusal exists (seen live).
 */
export const lumaGuestSchema = z.preprocess(
  unwrapGuest,
  z.object({
    id: z.string().min(1),
    /**
     * Lower-cased and trimmed here: Luma's own spelling is not stable (reported by users). Null for a guest who signed
     * up by phone. An address that cannot be read makes the whole guest unreadable: it says who they are.
     */
    user_email: emailOrNullSchema,
    approval_status: lumaApprovalStatusSchema,
    user_id: lenient(z.string()),
    /** Not first + last name: one recording has only the first name in it. */
    user_name: lenient(textOrNullSchema),
    user_first_name: lenient(textOrNullSchema),
    user_last_name: lenient(textOrNullSchema),
    phone_number: lenient(textOrNullSchema),
    /** Lets its bearer in at the door. Never log it, never export it unasked. */
    check_in_qr_code: lenient(textOrNullSchema),
    invited_at: lenient(instantSchema.nullable()),
    registered_at: lenient(instantSchema.nullable()),
    /** Clicked the link of an online event; not a check-in. */
    joined_at: lenient(instantSchema.nullable()),
    utm_source: lenient(textOrNullSchema),
    /** Null and `[]` were both seen for none: read as `[]`. */
    registration_answers: lenient(
      z.union([listOf(lumaRegistrationAnswerSchema), z.null()]).transform((answers) => answers ?? []),
    ),
    /** May be empty, for a declined guest say (seen live). Several tickets for one guest are possible. */
    event_tickets: lenient(listOf(lumaTicketSchema)),
    event_ticket_orders: lenient(listOf(lumaTicketOrderSchema)),
  }),
);
export type LumaGuest = z.output<typeof lumaGuestSchema>;

/**
 * Answer of `guests/add` and `guests/send-invites`: `{}` (documented until summer 2026) or `{skipped: [{email}]}`
 * (reported since). Either means accepted, not done: the work happens in the background.
 */
export const lumaGuestsAcceptedSchema = z.object({
  skipped: lenient(listOf(z.object({ email: emailSchema }))),
});
export type LumaGuestsAccepted = z.output<typeof lumaGuestsAcceptedSchema>;
