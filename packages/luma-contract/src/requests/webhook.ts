import { z } from 'zod';

/** `POST /v2/webhooks/create`. Documented. */
export const createWebhookRequestSchema = z.strictObject({
  url: z.string().regex(/^http.*/, 'Invalid url'),
  event_types: z.array(z.string().min(1)).min(1),
});
export type CreateWebhookRequest = z.output<typeof createWebhookRequestSchema>;

/** `POST /v2/webhooks/update`: the url cannot be changed (documented); make a new webhook, then delete the old one. */
export const updateWebhookRequestSchema = z.strictObject({
  id: z.string().min(1),
  event_types: z.array(z.string().min(1)).min(1).optional(),
  status: z.enum(['active', 'paused']).optional(),
});
export type UpdateWebhookRequest = z.output<typeof updateWebhookRequestSchema>;

/** `GET /v2/webhooks/get` and `POST /v1/webhooks/delete`. Documented. */
export const webhookIdSchema = z.strictObject({ id: z.string().min(1) });
