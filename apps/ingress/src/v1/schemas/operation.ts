import { catalog } from '@luma-sync/jobs';
import { z } from 'zod';
import { pageQuery, text, uuid, wireError, wireInstant } from './fields.js';

const operationState = z.enum(['queued', 'running', 'done', 'failed', 'discarded', 'replayed']);

/** What a command answers with. */
export const operationRef = z
  .object({ id: uuid, state: operationState })
  .meta({ id: 'OperationRef', description: 'Follow it at `Location`.' });

export const operation = z
  .object({
    id: uuid,
    job: z.string(),
    state: operationState,
    trigger: z.enum(['manual', 'api', 'scheduled', 'webhook']),
    eventId: uuid.nullable(),
    calendarId: uuid.nullable(),
    progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
    attempts: z.number().int(),
    isolated: z.boolean().meta({
      description: 'It runs in a process of its own: a process died, or stood still, while it ran beside others.',
    }),
    parkedAt: wireInstant.nullable().meta({
      description: 'Given up for now since then; `waiting.until` says when it is tried again. Null for any other.',
    }),
    waiting: z
      .object({ reason: z.string(), until: wireInstant })
      .nullable()
      .meta({ description: 'Why it does not run now.' }),
    outcome: z.unknown().meta({ description: 'How it ended, once it did; null before.' }),
    error: wireError.nullable(),
    replayOf: uuid.nullable(),
    replayedBy: uuid.nullable().meta({ description: 'Of a dead letter that was run again: the operation that did.' }),
    createdAt: wireInstant,
    finishedAt: wireInstant.nullable(),
  })
  .meta({ id: 'Operation', description: 'One durable unit of work.' });
export type OperationWire = z.infer<typeof operation>;

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const operationQuery = z.strictObject({
  job: z
    .string()
    .max(60)
    .refine((name) => Object.hasOwn(catalog, name), { message: `must be one of ${Object.keys(catalog).join(', ')}` })
    .optional(),
  state: operationState.optional(),
  eventId: uuid.optional(),
  calendarId: uuid.optional(),
  parked: flag.optional().meta({ description: '`true`: those that wait for a slow retry.' }),
  isolated: flag.optional().meta({ description: '`true`: those that run in a process of their own.' }),
  ...pageQuery,
});

export const discardInput = z.strictObject({ reason: text(500) }).meta({ id: 'DiscardInput' });
