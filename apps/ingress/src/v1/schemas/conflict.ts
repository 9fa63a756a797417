import { z } from 'zod';
import { key, pageQuery, uuid, wireInstant } from './fields.js';

const side = z.enum(['ours', 'theirs']);

export const conflict = z
  .object({
    id: uuid,
    recordType: z.enum(['event', 'rsvp']),
    event: z.string().meta({ description: 'The app’s id of the event; ours for what began at Luma.' }),
    personId: z.string().nullable().meta({ description: 'Whose answer it is; null for an event’s own field.' }),
    field: z.string(),
    base: z.unknown().meta({ description: 'What both sides last agreed on' }),
    ours: z.unknown(),
    theirs: z.unknown().meta({ description: 'Luma’s value; of an answer, Luma’s own word' }),
    kept: side.meta({ description: 'Whose value was chosen, by the rule or by a person' }),
    rule: z.string(),
    current: z.unknown().meta({ description: 'What stands in the field now' }),
    createdAt: wireInstant,
    resolvedAt: wireInstant.nullable().meta({ description: 'When a person looked at it; null while nobody has' }),
    resolvedBy: z.string().nullable(),
  })
  .meta({
    id: 'Conflict',
    description: 'A field that both sides changed since they last agreed. Both values are kept.',
  });
export type ConflictWire = z.infer<typeof conflict>;

export const conflictQuery = z.strictObject({
  state: z.enum(['open', 'resolved']).optional(),
  event: key.optional().meta({ description: 'Of this event and its answers' }),
  personId: key.optional(),
  ...pageQuery,
});

export const conflictDecision = z.strictObject({ keep: side }).meta({ id: 'ConflictDecision' });
