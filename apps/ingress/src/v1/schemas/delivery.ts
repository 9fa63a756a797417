import { z } from 'zod';
import { pageQuery, uuid, wireInstant } from './fields.js';

const state = z.enum(['pending', 'applied', 'ignored', 'failed']);

export const delivery = z
  .object({
    id: uuid,
    calendarId: uuid,
    webhookId: z.string(),
    type: z.string(),
    state,
    error: z.string().nullable(),
    hasBody: z.boolean().meta({ description: 'False once retention removed it; it cannot be replayed then.' }),
    signedAt: wireInstant,
    receivedAt: wireInstant,
    appliedAt: wireInstant.nullable(),
  })
  .meta({ id: 'WebhookDelivery', description: 'A webhook as received. Its body is never shown: it names people.' });
export type DeliveryWire = z.infer<typeof delivery>;

export const deliveryQuery = z.strictObject({
  calendarId: uuid.optional(),
  state: state.optional(),
  type: z
    .string()
    .max(200)
    .regex(/^[\w.*-]+$/)
    .optional(),
  ...pageQuery,
});
