import { z } from 'zod';
import { key, pageQuery, uuid, wireInstant } from './fields.js';

const kind = z.enum(['event', 'guest']);

const shown = {
  id: uuid,
  calendarId: uuid,
  kind,
  lumaId: z.string().nullable().meta({ description: 'Luma’s id of the record; null when not even that can be read.' }),
  lumaEventId: z.string().nullable(),
  event: z.string().nullable().meta({ description: 'The app’s id of the event it belongs to, or ours.' }),
  isTaken: z.boolean().meta({
    description: 'True: it was taken in without the fields that `problems` names. False: nothing of it was taken in.',
  }),
  source: z
    .enum(['list', 'read', 'webhook', 'store'])
    .meta({ description: 'Where it was seen last. `store`: it was read, and Postgres refused its values.' }),
  problems: z.array(
    z.object({
      path: z.string().meta({ description: 'The field; empty for the record as a whole.' }),
      reason: z.string().meta({
        description:
          '`missing`, `wrong_type`, `too_long`, `out_of_range`, `malformed`, `clipped`, `forbidden` (the key ' +
          'may not read it), or `refused_` with the SQLSTATE.',
      }),
    }),
  ),
  seenSince: wireInstant,
  seenLast: wireInstant,
  seenCount: z.number().int(),
  resolvedAt: wireInstant.nullable().meta({ description: 'When it was read in full.' }),
};

export const unreadableRecord = z.object(shown).meta({
  id: 'UnreadableRecord',
  description: 'A record of Luma’s that could not be read or stored, or not in full.',
});
export type UnreadableWire = z.infer<typeof unreadableRecord>;

export const unreadableRecordWithRaw = z
  .object({
    ...shown,
    raw: z.unknown().meta({
      description:
        'As Luma sent it, cut where it is very long, without keys that open a door. Null once it was read in ' +
        'full. It names people.',
    }),
  })
  .meta({ id: 'UnreadableRecordWithRaw' });

export const unreadableQuery = z.strictObject({
  calendarId: uuid.optional(),
  event: key.optional(),
  kind: kind.optional(),
  state: z.enum(['open', 'resolved']).optional(),
  ...pageQuery,
});
