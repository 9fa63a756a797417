import { z } from 'zod';
import { urlField } from './fields.js';

/**
 * What a webhook may be asked for. Documented; `calendar.event.submitted` since August 2026, the last two reported in
 * October.
 */
const webhookTypeField = z.enum([
  '*',
  'calendar.event.added',
  'calendar.person.subscribed',
  'event.canceled',
  'event.created',
  'event.updated',
  'guest.registered',
  'guest.updated',
  'ticket.registered',
  'calendar.event.submitted',
  'calendar.person.unsubscribed',
  'guest.refunded',
]);

/** `POST /v2/webhooks/create`. Documented. */
export const createWebhookRequestSchema = z.strictObject({
  url: urlField.regex(/^http.*/),
  event_types: z.array(webhookTypeField).min(1),
});
export type CreateWebhookRequest = z.output<typeof createWebhookRequestSchema>;

/** `POST /v2/webhooks/update`: the url cannot be changed (documented); make a new webhook, then delete the old one. */
export const updateWebhookRequestSchema = z.strictObject({
  id: z.string().min(1),
  event_types: z.array(webhookTypeField).min(1).optional(),
  status: z.enum(['active', 'paused']).optional(),
});
export type UpdateWebhookRequest = z.output<typeof updateWebhookRequestSchema>;

/** `GET /v2/webhooks/get` and `POST /v1/webhooks/delete`. Documented. */
export const webhookIdSchema = z.strictObject({ id: z.string().min(1) });
