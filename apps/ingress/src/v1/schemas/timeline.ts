import { z } from 'zod';
import { pageQuery, uuid, wireInstant } from './fields.js';

export const timelineEntry = z
  .object({
    id: z.string(),
    recordType: z.string().meta({ description: '`event`, `rsvp`, `coupon` or `calendar`' }),
    recordId: uuid,
    at: wireInstant,
    kind: z.enum(['observed', 'decided', 'skipped', 'asked', 'answered', 'mailed', 'waiting', 'failed']),
    actor: z.string().meta({
      description: '`luma`, `luma-sync`, `schedule`, or the name of the API key or operator that acted',
    }),
    operationId: uuid.nullable(),
    fact: z.string().nullable().meta({ description: 'What happened, as a stable word; its data is in `details`' }),
    message: z.string().meta({ description: 'The same in words, for a person' }),
    details: z.unknown(),
    repeats: z.int().min(1).meta({ description: 'How often it was so, without anything else in between' }),
    lastAt: wireInstant.nullable().meta({ description: 'When it was so last, if more than once' }),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntryWire = z.infer<typeof timelineEntry>;

export const timelineQuery = z.strictObject(pageQuery);
