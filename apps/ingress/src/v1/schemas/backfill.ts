import { z } from 'zod';
import { instant, pageQuery, uuid, wireInstant } from './fields.js';

export const backfillInput = z
  .strictObject({
    apply: z
      .boolean()
      .default(false)
      .meta({ description: 'Carry the plan out at once. Otherwise it is only made, for somebody to read.' }),
    startsAfter: instant
      .nullish()
      .transform((at) => at?.toISOString() ?? null)
      .meta({ description: 'Compare events that start at this moment or later; by default two days ago.' }),
  })
  .meta({ id: 'BackfillInput' });

export const backfill = z
  .object({
    id: uuid,
    calendarId: uuid,
    state: z.enum(['planned', 'applying', 'applied', 'stale']),
    actor: z.string(),
    startsAfter: wireInstant,
    compared: z.number().int().meta({ description: 'Events of both sides that were compared' }),
    questions: z.number().int().meta({ description: 'Pairs it asks about; see /v1/backfill-questions' }),
    cost: z.object({
      requests: z.number().int().meta({ description: 'Exactly as many are sent to Luma when it is applied' }),
      perMinute: z.number().int().meta({ description: 'What the calendar’s budget allows' }),
      minutes: z.number().meta({ description: 'Of the whole budget, to a tenth' }),
    }),
    changes: z.array(z.string()).meta({ description: 'Why it is stale' }),
    createdAt: wireInstant,
    finishedAt: wireInstant.nullable(),
  })
  .meta({ id: 'Backfill', description: 'What has to be done so that a calendar and our events know each other.' });
export type BackfillWire = z.infer<typeof backfill>;

export const backfillStep = z
  .object({
    position: z.number().int(),
    kind: z.enum(['adopt', 'create', 'import']),
    eventId: uuid.nullable(),
    lumaEventId: z.string().nullable(),
    mergesEventId: uuid
      .nullable()
      .meta({ description: 'Our record of Luma’s event, which becomes one with `eventId`' }),
    matchedBy: z.enum(['answer', 'slug', 'time_and_name']).nullable(),
    sends: z.array(z.string()).meta({ description: 'Fields of ours that Luma gets' }),
    takes: z.array(z.string()).meta({ description: 'Fields of Luma’s that we take' }),
    requests: z.array(z.string()).meta({ description: 'Sent to Luma, in this order' }),
    doneAt: wireInstant.nullable(),
  })
  .meta({ id: 'BackfillStep' });
export type BackfillStepWire = z.infer<typeof backfillStep>;

export const backfillQuestion = z
  .object({
    id: uuid,
    calendarId: uuid,
    reason: z.enum(['several_fit', 'near_in_time', 'like_name']),
    event: z.object({ id: uuid, externalId: z.string().nullable(), title: z.string(), startsAt: wireInstant }),
    luma: z.object({ eventId: z.string(), title: z.string(), startsAt: z.string(), url: z.string().nullable() }),
    answer: z.enum(['link', 'keep_apart']).nullable(),
    answeredBy: z.string().nullable(),
    answeredAt: wireInstant.nullable(),
    createdAt: wireInstant,
  })
  .meta({
    id: 'BackfillQuestion',
    description: 'Two events that may be the same. Neither is created or adopted until a person says.',
  });
export type BackfillQuestionWire = z.infer<typeof backfillQuestion>;

export const questionQuery = z.strictObject({
  calendarId: uuid.optional(),
  state: z.enum(['open', 'answered']).optional(),
  ...pageQuery,
});

export const answerInput = z
  .strictObject({
    answer: z.enum(['link', 'keep_apart']).meta({ description: 'The same event, or another one' }),
  })
  .meta({ id: 'BackfillAnswer' });
