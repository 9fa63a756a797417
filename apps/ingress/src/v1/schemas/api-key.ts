import { API_KEY_SCOPES, SCOPE_BUNDLES, SCOPE_NAMES, type ScopeName } from '@luma-sync/store';
import { z } from 'zod';
import { instant, text, uuid, wireInstant } from './fields.js';

/** A key on more calendars than that is better not bound. */
const CALENDARS_MAX = 200;

const bundles = Object.entries(SCOPE_BUNDLES)
  .map(([name, scopes]) => `\`${name}\` stands for ${scopes.map((scope) => `\`${scope}\``).join(', ')}`)
  .join('; ');

const scopeName = z.enum(SCOPE_NAMES as readonly [ScopeName, ...ScopeName[]]);

export const apiKeyInput = z
  .strictObject({
    name: text(60).meta({ description: 'Who uses it; stands in timelines, operations and the audit log.' }),
    scopes: z.array(scopeName).min(1).max(SCOPE_NAMES.length).meta({ description: bundles }),
    calendarIds: z
      .array(uuid)
      .min(1)
      .max(CALENDARS_MAX)
      .optional()
      .meta({ description: 'The only calendars it reaches. Left out: all.' }),
    expiresAt: instant
      .refine((at) => at > new Date(), { message: 'must be in the future' })
      .optional()
      .meta({ description: 'It opens nothing from then on. Left out: never.' }),
  })
  .meta({ id: 'ApiKeyInput' });

export const apiKey = z
  .object({
    id: uuid,
    name: z.string(),
    prefix: z.string().meta({ description: 'Its first characters, to recognise it by.' }),
    scopes: z.array(z.string()).meta({ description: `Any of ${API_KEY_SCOPES.join(', ')}, or a bundle of them.` }),
    calendarIds: z.array(uuid).nullable().meta({ description: 'Null: it reaches every calendar.' }),
    expiresAt: wireInstant.nullable(),
    createdAt: wireInstant,
    lastUsedAt: wireInstant.nullable().meta({ description: 'To about a minute.' }),
    revokedAt: wireInstant.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyWire = z.infer<typeof apiKey>;
