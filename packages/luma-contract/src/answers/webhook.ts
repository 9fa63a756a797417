import { z } from 'zod';
import { instantSchema, lenient, listOf, openEnum } from '../tolerance.js';
import { unwrapWebhook } from '../unwrap.js';

/** A registered webhook. `secret` comes with every answer, lists too (documented): treat each of them as a secret. */
export const lumaWebhookSchema = z.preprocess(
  unwrapWebhook,
  z.object({
    id: z.string().min(1),
    url: z.string(),
    event_types: lenient(listOf(z.string())),
    status: lenient(openEnum(['active', 'paused'])),
    secret: lenient(z.string()),
    created_at: lenient(instantSchema),
  }),
);
export type LumaWebhook = z.output<typeof lumaWebhookSchema>;
