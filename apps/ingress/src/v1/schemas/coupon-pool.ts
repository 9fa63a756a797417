import { z } from 'zod';
import { key, text, uuid, wireInstant } from './fields.js';

const NO_EVENT = 'must name at least one event: its guests get the codes';

export const couponPoolInput = z
  .strictObject({
    name: text(200),
    events: z
      .array(key, { error: NO_EVENT })
      .min(1, NO_EVENT)
      .max(500)
      .meta({ description: 'The app’s ids. A guest pull hands out codes of the pools of its event, and of no other.' }),
    calendarId: uuid.optional(),
  })
  .meta({ id: 'CouponPoolInput' });

export const couponPool = z
  .object({
    id: uuid,
    name: z.string(),
    calendarId: uuid.nullable(),
    events: z.array(z.string()).meta({ description: 'The app’s ids; ours for events that began at Luma.' }),
    counts: z.object({
      codes: z.number().int(),
      available: z.number().int(),
      assigned: z.number().int(),
      mailed: z.number().int(),
      notMailed: z.number().int().meta({
        description: 'Assigned codes of which no mail was asked for; a guest pull with `sendEmails: true` mails them',
      }),
      waiting: z.number().int().meta({ description: 'People for whom no code was left when they were last served' }),
    }),
    createdAt: wireInstant,
  })
  .meta({ id: 'CouponPool' });
export type CouponPoolWire = z.infer<typeof couponPool>;

export const couponImportQuery = z.strictObject({
  delimiter: z
    .enum(['comma', 'semicolon', 'tab', 'pipe', 'none'])
    .optional()
    .meta({ description: 'What divides the columns. Without it a heading, or a first line `sep=;`, has to tell.' }),
  heading: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Whether the first line is a heading.' }),
});

export const couponImport = z
  .object({
    imported: z.number().int(),
    duplicates: z.number().int(),
    resumed: z.number().int().meta({
      description: 'Events whose guests had waited for codes of the pool; a guest pull of each serves them.',
    }),
    invalid: z.array(z.object({ line: z.number().int(), reason: z.string() })),
  })
  .meta({ id: 'CouponImport' });
