import { z } from 'zod';
import { pageQuery, uuid, wireInstant } from './fields.js';

const state = z.enum(['open', 'answered', 'settled']);
const answer = z.enum(['remove', 'keep']);

export const removalQuestion = z
  .object({
    id: uuid,
    recordType: z.enum(['rsvp', 'event']).meta({ description: 'What is missing: guests, or events.' }),
    event: z.string().nullable().meta({ description: 'Whose guests: the app’s id of the event, else ours.' }),
    calendarId: uuid.nullable().meta({ description: 'Whose events.' }),
    missing: z.number().int().meta({ description: 'Of `total` records the last complete listing lacked these.' }),
    total: z.number().int(),
    state,
    answer: answer.nullable(),
    answeredBy: z.string().nullable(),
    answeredAt: wireInstant.nullable(),
    settledAt: wireInstant.nullable(),
    createdAt: wireInstant,
    updatedAt: wireInstant,
  })
  .meta({ id: 'RemovalQuestion', description: 'Nothing is removed while it is open.' });
export type RemovalQuestionWire = z.infer<typeof removalQuestion>;

export const removalQuestionQuery = z.strictObject({ state: state.optional(), ...pageQuery });
export const removalAnswerInput = z.strictObject({ answer }).meta({ id: 'RemovalAnswerInput' });
