import { z } from 'zod';
import { emailField, eventIdField, messageField, pagingFields, sortDirectionField } from './fields.js';

/** States that may be written (documented); `session` and `invited` are read only. */
const WRITABLE_APPROVAL_STATUSES = ['approved', 'declined', 'pending_approval', 'waitlist'] as const;

/** Depends on the type of the question. Documented since August 2026. */
const answerValueSchema = z.union([
  z.string(),
  z.boolean(),
  z.array(z.string()),
  z.strictObject({ company: z.string().nullable().optional(), job_title: z.string().nullable().optional() }),
]);

const newGuestSchema = z.strictObject({
  email: emailField,
  name: z.string().optional(),
  registration_answers: z.array(z.strictObject({ question_id: z.string(), value: answerValueSchema })).optional(),
});
const ticketChoiceSchema = z.strictObject({ event_ticket_type_id: z.string().min(1) });

/**
 * `POST /v1/events/guests/add`. Mails each guest unless `send_email` is false; `ticket` or `tickets`, never both.
 * People already registered keep their answers (documented). Accepted is not done: the work happens in the background
 * (reported).
 */
export const addGuestsRequestSchema = z
  .strictObject({
    event_id: eventIdField,
    guests: z.array(newGuestSchema).min(1),
    ticket: ticketChoiceSchema.optional(),
    tickets: z.array(ticketChoiceSchema).min(1).optional(),
    approval_status: z.enum(['approved', 'pending_approval', 'waitlist']).optional(),
    send_email: z.boolean().optional(),
  })
  .refine((body) => body.ticket === undefined || body.tickets === undefined, {
    path: ['tickets'],
    message: 'Only one of ticket and tickets may be given',
  });
export type AddGuestsRequest = z.output<typeof addGuestsRequestSchema>;

/**
 * `POST /v1/events/guests/update-status`. `guest_id` takes a guest id, a ticket key, a guest key or a mail address.
 * Mails the guest each time unless `send_email` is false; a `message` cannot go with `send_email: false` (documented).
 */
export const updateGuestStatusRequestSchema = z
  .strictObject({
    event_id: eventIdField,
    guest_id: z.string().min(1),
    status: z.enum(WRITABLE_APPROVAL_STATUSES),
    should_refund: z.boolean().optional(),
    send_email: z.boolean().optional(),
    message: messageField.optional(),
  })
  .refine((body) => body.message === undefined || body.send_email !== false, {
    path: ['message'],
    message: 'A message cannot be given when send_email is false',
  });
export type UpdateGuestStatusRequest = z.output<typeof updateGuestStatusRequestSchema>;

/**
 * `POST /v1/events/guests/send-invites`: mails and texts, gives no ticket, drops people above a quota silently
 * (reported).
 */
export const sendInvitesRequestSchema = z.strictObject({
  event_id: eventIdField,
  guests: z.array(z.strictObject({ email: emailField, name: z.string().optional() })).min(1),
  message: messageField.optional(),
});
export type SendInvitesRequest = z.output<typeof sendInvitesRequestSchema>;

/** `GET /v1/events/guests/list`. There is no "changed since" filter and no sort by change (documented by absence). */
export const listGuestsQuerySchema = z.object({
  event_id: eventIdField,
  approval_status: z.enum(['approved', 'session', 'pending_approval', 'invited', 'declined', 'waitlist']).optional(),
  sort_column: z.enum(['name', 'email', 'created_at', 'registered_at', 'checked_in_at']).optional(),
  sort_direction: sortDirectionField.optional(),
  ...pagingFields,
});
export type ListGuestsQuery = z.output<typeof listGuestsQuerySchema>;

/** `GET /v1/events/guests/get`; `id` takes the same four kinds as above, and `+` in a mail address must be `%2B`. */
export const getGuestQuerySchema = z.object({ event_id: eventIdField, id: z.string().min(1) });
