import { z } from 'zod';
import { instant, isWindow, notAWindow, pageQuery, text, uuid, wireInstant } from './fields.js';

export const auditEntry = z
  .object({
    id: z.string(),
    at: wireInstant,
    actor: z.string().meta({ description: 'Name of the API key, `operator`, `cli` or `environment`.' }),
    actorKind: z.string(),
    apiKeyId: uuid.nullable(),
    address: z.string().nullable().meta({ description: 'Network address of the caller.' }),
    action: z.string().meta({ description: 'A stable word, such as `calendar.change`.' }),
    subjectType: z.string(),
    subject: z.string(),
    calendarId: uuid.nullable(),
    changes: z.unknown().meta({ description: 'Fields that changed, by name. Of a secret only that it was changed.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryWire = z.infer<typeof auditEntry>;

const word = text(200);

export const auditQuery = z
  .strictObject({
    actor: word.optional(),
    action: word.optional(),
    subjectType: word.optional(),
    subject: word.optional(),
    calendarId: uuid.optional(),
    from: instant.optional().meta({ description: 'Entries of this moment or later' }),
    to: instant.optional().meta({ description: 'Entries of before this moment' }),
    ...pageQuery,
  })
  .refine(isWindow, notAWindow);
