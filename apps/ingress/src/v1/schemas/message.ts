import { z } from 'zod';
import { key, pageQuery, uuid, wireInstant, wireSyncError } from './fields.js';

const state = z.enum(['reserved', 'sent', 'unknown', 'failed']).meta({
  description:
    '`unknown`: the provider was asked and nobody knows what became of it; settle it. `failed`: it surely did ' +
    'not go out.',
});

export const message = z
  .object({
    id: uuid,
    kind: z.string(),
    state,
    event: z.string().nullable().meta({ description: 'The app’s id of the event; ours for what began at Luma.' }),
    personId: z.string().nullable(),
    providerId: z.string().nullable().meta({ description: 'The mail provider’s own id' }),
    askedAt: wireInstant.nullable(),
    sentAt: wireInstant.nullable(),
    lastError: wireSyncError.nullable(),
    createdAt: wireInstant,
  })
  .meta({ id: 'Message', description: 'A mail, without its content and its address.' });
export type MessageWire = z.infer<typeof message>;

export const messageQuery = z.strictObject({
  state: state.optional(),
  event: key.optional(),
  personId: key.optional(),
  ...pageQuery,
});

export const messageSettlement = z
  .strictObject({
    sent: z.boolean().meta({ description: 'True: it arrived. False: it did not, and is sent again under a new key.' }),
  })
  .meta({ id: 'MessageSettlement' });
