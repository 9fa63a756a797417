import { z } from 'zod';
import {
  coverAddress,
  hostRole,
  httpUrl,
  latitude,
  longitude,
  notYet,
  text,
  timezone,
  uuid,
  wireInstant,
} from './fields.js';

const COVER_TAGS_MAX = 200;

const kind = z.enum(['luma', 'ical', 'manual']);
/** Feeds are not read yet. */
const kindInput = kind.exclude(['ical']);
/** Goes into a request header: printable ASCII only. */
const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,500}$/, { message: 'must be 1 to 500 printable characters without spaces' });
const coverFallbacks = z
  .strictObject({
    byTag: z
      .record(text(100), coverAddress)
      .refine((byTag) => Object.keys(byTag).length <= COVER_TAGS_MAX, {
        message: `must have at most ${COVER_TAGS_MAX} tags`,
      })
      .default({}),
    otherwise: coverAddress.nullable().default(null),
  })
  .meta({ description: 'Covers for events that have none, or none that can be used: by tag, then for all others.' });
const routing = z.strictObject({
  lat: latitude,
  lng: longitude,
  radiusKm: z.number().positive().max(21_000).meta({ description: 'Up to half the way round the earth' }),
  priority: z.number().int().min(-1_000).max(1_000).default(0).meta({
    description: 'Of several circles around a place the one with the highest takes the event, then the smallest.',
  }),
});

export const calendarInput = z
  .strictObject({
    name: text(100),
    kind: kindInput,
    apiKey: secret.optional(),
    isDefault: z.boolean().optional(),
    routing: routing.optional(),
    icalUrl: notYet('feeds'),
    webhookSecret: secret.optional(),
    organizationId: notYet('organizations'),
    defaultTimezone: timezone.optional(),
  })
  .meta({ id: 'CalendarInput' });

export const calendarChange = z
  .strictObject({
    name: text(100).optional(),
    apiKey: secret.nullable().optional(),
    isDefault: z.boolean().optional(),
    routing: routing.nullable().optional(),
    icalUrl: httpUrl.nullable().optional(),
    webhookSecret: secret.optional().meta({ description: 'The one in use until now stays valid beside it.' }),
    organizationId: notYet('organizations'),
    syncEnabled: z.boolean().optional(),
    mailOnRsvp: z.boolean().optional(),
    mailOnUpdate: z.boolean().optional(),
    mailCoupons: z.boolean().optional().meta({
      description: 'Whether a guest pull that does not say `sendEmails` mails the codes it gives. Default false.',
    }),
    ownAddresses: z
      .boolean()
      .optional()
      .meta({
        description:
          'Whether new events get a public address made of their title and id. Where Luma chooses it, one whose ' +
          'answer was lost is looked for by start and name.',
      }),
    defaultTimezone: timezone.nullable().optional().meta({ description: 'Of new events that name no time zone' }),
    publishingRoles: z
      .array(hostRole)
      .max(50)
      .optional()
      .meta({
        description:
          'Roles of hosts whose events are approved at once, as the app spells them (`host.role`), such as ' +
          '`admin` and `founder`. Events of other hosts wait for an approval. Default: `admin`.',
      }),
    emailRequiredText: text(300)
      .nullable()
      .optional()
      .meta({
        description:
          'What a person is told who answers without a mail address (`rsvp.email_required`), such as `Add your ' +
          'email in Profile to RSVP for events`. Null: luma-sync’s own words.',
      }),
    mailConfirmAbove: z.number().int().min(0).max(1_000_000).optional().meta({
      description:
        'More people than this are mailed at once only when a command says their number (`confirmRecipients`).',
    }),
    coverFallbacks: coverFallbacks.optional(),
  })
  .meta({ id: 'CalendarChange', description: 'What is left out stays; null removes.' });

export const calendar = z
  .object({
    id: uuid,
    name: z.string(),
    kind,
    isDefault: z.boolean(),
    organizationId: uuid.nullable(),
    lumaCalendarId: z.string().nullable(),
    hasApiKey: z.boolean(),
    hasWebhookSecret: z.boolean(),
    webhookUrl: z.string().meta({ description: 'Where Luma’s webhook for this calendar has to point.' }),
    icalUrl: z.string().nullable(),
    routing: z
      .object({ lat: z.number(), lng: z.number(), radiusKm: z.number(), priority: z.number().int() })
      .nullable(),
    syncEnabled: z.boolean(),
    mailOnRsvp: z.boolean(),
    mailOnUpdate: z.boolean(),
    mailCoupons: z.boolean(),
    ownAddresses: z.boolean(),
    defaultTimezone: z.string().nullable(),
    publishingRoles: z.array(z.string()),
    emailRequiredText: z.string().nullable(),
    mailConfirmAbove: z.number().int(),
    coverFallbacks: z.object({ byTag: z.record(z.string(), z.string()), otherwise: z.string().nullable() }),
    status: z.enum(['ok', 'auth_failed', 'plan_inactive', 'paused', 'disconnected']).meta({
      description:
        '`disconnected`: the last connection test failed, and Luma has not answered the key since. Work goes on ' +
        'trying; with `auth_failed` and `plan_inactive` it waits.',
    }),
    statusReason: z.string().nullable(),
    statusAdvice: z.string().nullable().meta({ description: 'What to do; null when there is nothing to do' }),
    statusSince: wireInstant,
    webhook: z.object({
      id: z.string().nullable(),
      state: z.enum(['unknown', 'ok', 'silent']).meta({
        description: '`silent`: it stands at Luma and was made anew, yet nothing arrives; can Luma reach `webhookUrl`?',
      }),
      refusedTypes: z.array(z.object({ type: z.string(), message: z.string() })).meta({
        description: 'Types of message that Luma refuses, with its words. Changes of that kind are found by polling.',
      }),
      checkedAt: wireInstant.nullable(),
      repairedAt: wireInstant.nullable().meta({ description: 'When it was last woken or made anew' }),
    }),
    lastSyncedAt: wireInstant.nullable(),
    createdAt: wireInstant,
  })
  .meta({ id: 'Calendar', description: 'Secrets are never shown.' });
export type CalendarWire = z.infer<typeof calendar>;

export const connectionTest = z
  .object({ status: z.enum(['connected', 'disconnected']), reason: z.string().nullable() })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTestWire = z.infer<typeof connectionTest>;

export const driftCheckInput = z.strictObject({ calendarId: uuid.optional() }).meta({ id: 'DriftCheckInput' });
