import { slugOfUrl } from '@luma-sync/domain';
import { z } from 'zod';
import {
  hostRole,
  instant,
  isWindow,
  key,
  latitude,
  longitude,
  mailAddress,
  notAWindow,
  notYet,
  optionalCoverAddress,
  optionalHttpUrl,
  optionalText,
  pageQuery,
  text,
  timezone,
  uuid,
  wireInstant,
  wireSyncError,
} from './fields.js';

const locationType = z.enum(['physical', 'online', 'tbd']);
const visibility = z.enum(['public', 'members-only', 'private']);
const approval = z.enum(['draft', 'pending', 'approved', 'cancelled']);
const syncState = z.enum([
  'pending_push',
  'pushed',
  'pulled',
  'synced',
  'push_failed',
  'drifted',
  'source_deleted',
  'conflict',
]);

/** No event is ever in the two others yet. */
const syncStateFilter = syncState.exclude(['pushed', 'conflict']);

/** Taken as it is given out, and changes nothing. */
const readOnlyText = z.string().max(300).nullish().meta({ description: 'Read-only: it is not taken over.' });

const locationInput = z
  .strictObject({
    type: locationType.nullish().meta({
      description:
        'Left out it is `physical` for a place without a meeting link, `online` for a link alone, `tbd` for neither.',
    }),
    name: optionalText(300),
    address: optionalText(500),
    lat: latitude.nullish().transform((value) => value ?? null),
    lng: longitude.nullish().transform((value) => value ?? null),
    city: readOnlyText,
    country: readOnlyText,
  })
  .refine(({ lat, lng }) => (lat === null) === (lng === null), { message: 'give lat and lng together', path: ['lat'] });

const hostInput = z.strictObject({
  externalId: key,
  name: optionalText(200),
  email: mailAddress.nullish().transform((value) => value ?? null),
  role: hostRole
    .nullish()
    .transform((value) => value ?? null)
    .meta({
      description:
        'What the app calls the rights of the host. The event waits for an approval unless the role is one of ' +
        'the calendar’s `publishingRoles`. Left out or null the app itself vouches for a new event.',
    }),
});

/** How many people may be mailed because of this command. */
const confirmRecipients = z.number().int().min(0).max(10_000_000).optional();

const MINUTE_MS = 60_000;

const eventFields = {
  title: text(300),
  description: optionalText(50_000).meta({ description: 'Markdown' }),
  startsAt: instant,
  endsAt: instant
    .nullish()
    .meta({ description: 'Left out a new event lasts an hour, and any other as long as before.' }),
  timezone: timezone.nullish().meta({
    description:
      'IANA name. Left out a new event takes the default of its calendar, then of the installation; any other ' +
      'keeps its own.',
  }),
  location: locationInput.nullish(),
  meetingUrl: optionalHttpUrl,
  coverUrl: optionalCoverAddress,
  visibility: visibility.default('public'),
  capacity: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .nullish()
    .transform((value) => value ?? null),
  tags: z.array(text(60)).max(50).default([]),
  host: hostInput
    .nullish()
    .transform((value) => value ?? null)
    .meta({ description: 'Left out or null the host stays; another one takes the place of the one before.' }),
  calendarId: uuid.optional(),
  organizationId: notYet('organizations'),
  confirmRecipients: confirmRecipients.meta({
    description:
      'Lets Luma mail so many guests about a new name, time or place, where more than the calendar’s limit ' +
      'would be. Without it such an edit is sent, and nobody is mailed. Counted are the guests known here; Luma may ' +
      'have others that no webhook or pull has shown yet.',
  }),
};

type EventBody = z.output<z.ZodObject<typeof eventFields>>;

const lastsAMinute = ({ startsAt, endsAt }: Pick<EventBody, 'startsAt' | 'endsAt'>): boolean =>
  endsAt == null || endsAt.getTime() - startsAt.getTime() >= MINUTE_MS;
const TOO_SHORT = { message: 'must be at least a minute after startsAt', path: ['endsAt'] };

export const eventInput = z
  .strictObject(eventFields)
  .refine(lastsAMinute, TOO_SHORT)
  .meta({
    id: 'EventInput',
    description:
      'The whole event as the app has it: what is left out is emptied, but for end, time zone, calendar, ' +
      'organization and host. What is repeated from the app’s last body takes back nothing that a host changed at ' +
      'Luma since. An event may be sent back as a GET gives it out: fields that were not changed are taken as ' +
      'they are.',
  });

/** As {@link eventInput}, with these fields given: they are not judged. */
export function eventInputKnowing(known: Record<string, unknown>): z.ZodType {
  const given = Object.entries(known).map(([name, value]) => [name, z.unknown().transform(() => value)]);
  const input = z.strictObject({ ...eventFields, ...Object.fromEntries(given) } as typeof eventFields);
  const isTimeGiven = 'startsAt' in known && 'endsAt' in known;
  return isTimeGiven ? input : input.refine(lastsAMinute, TOO_SHORT);
}

export const approveInput = z.strictObject({ confirmRecipients }).meta({
  id: 'ApproveInput',
  description: 'With the number of people who answered while it waited, where Luma would mail them.',
});

const differenceReason = z.enum(['cannot_be_emptied', 'refused', 'rewritten', 'not_shown']);

export const difference = z
  .object({
    field: z.string().meta({
      description:
        'As in conflicts: `title`, `address`, `coordinate`, `meetingUrl` and so on; `registrationOpen` of a ' +
        'cancelled event, `name` of an answer',
    }),
    ours: z.unknown(),
    luma: z.unknown().meta({ description: 'What Luma holds; null where it holds nothing or does not show the field' }),
    reason: differenceReason.meta({
      description:
        '`cannot_be_emptied`: no request of Luma’s API empties the field. `refused`: Luma refuses the value. ' +
        '`rewritten`: Luma stored another writing of it. `not_shown`: Luma accepted it and still shows the ' +
        'value from ' +
        'before; it is tried again.',
    }),
    why: z.string().meta({ description: 'The reason in words, with Luma’s own text of a refusal' }),
  })
  .meta({ id: 'EventDifference' });
export type DifferenceWire = z.infer<typeof difference>;

/** Whether Luma may mail people because of a command, and why. */
export const mailOutlook = z
  .object({ allowed: z.boolean(), recipients: z.number().int(), reason: z.string() })
  .meta({ id: 'MailPreview', description: 'As far as it is known now; decided again before the request is sent.' });

export const event = z
  .object({
    id: uuid,
    externalId: z.string().nullable(),
    source: z.enum(['app', 'luma', 'ical']),
    ownership: z.enum(['created', 'referenced']),
    approval,
    cancelMode: z
      .enum(['hide', 'soft', 'cancel'])
      .nullable()
      .meta({
        description:
          'How a cancelled event was taken back at Luma. Null for one that is not cancelled, or that Luma ' +
          'cancelled without us.',
      }),
    revision: z.number().int(),
    title: z.string(),
    description: z.string().nullable(),
    startsAt: wireInstant,
    endsAt: wireInstant,
    timezone: z.string(),
    location: z.object({
      type: locationType,
      name: z.string().nullable(),
      address: z.string().nullable(),
      lat: z.number().nullable(),
      lng: z.number().nullable(),
      city: z.string().nullable().meta({ description: 'As Luma derives it from the address; read-only.' }),
      country: z.string().nullable().meta({ description: 'As Luma derives it from the address; read-only.' }),
    }),
    meetingUrl: z.string().nullable(),
    coverUrl: z.string().nullable(),
    visibility,
    capacity: z.number().int().nullable(),
    tags: z.array(z.string()),
    host: z
      .object({
        externalId: z.string(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        role: z.string().nullable(),
      })
      .nullable(),
    registrationQuestions: z
      .array(
        z.object({
          id: z.string().meta({ description: '`questionId` of a guest’s answer.' }),
          label: z.string(),
          type: z.string(),
          required: z.boolean(),
          options: z.array(z.string()).meta({ description: 'What a guest may choose; empty for most types.' }),
        }),
      )
      .meta({ description: 'What guests are asked when they register, as Luma shows it.' }),
    hosts: z
      .array(
        z.object({
          lumaUserId: z.string().nullable(),
          externalId: z.string().nullable(),
          name: z.string().nullable(),
          email: z.string().nullable(),
        }),
      )
      .meta({ description: 'Everybody who hosts it, as the app or Luma names them. Empty without `people:read`.' }),
    calendarId: uuid.nullable(),
    organizationId: uuid.nullable(),
    luma: z
      .object({
        eventId: z.string(),
        url: z.string().nullable(),
        calendarId: uuid,
        guestsPulledAt: wireInstant
          .nullable()
          .meta({ description: 'When a complete list of the guests was last read.' }),
      })
      .nullable()
      .meta({ description: 'Null until Luma has the event. `calendarId` is our id of the calendar it is pinned to.' }),
    sync: z.object({
      state: syncState.nullable(),
      pushedRevision: z.number().int(),
      syncedAt: wireInstant.nullable(),
      lastError: wireSyncError.nullable(),
      notAtLuma: z.array(difference).meta({
        description:
          'Fields that Luma does not hold as this event has them; everything else was pushed. An edit of such a ' +
          'field is pushed as any other. An entry goes away by itself when both sides hold the same.',
      }),
    }),
    rsvpCount: z.number().int().meta({ description: 'People who are going.' }),
    updatedAt: wireInstant,
  })
  .meta({ id: 'Event' });
export type EventWire = z.infer<typeof event>;

export const eventQuery = z
  .strictObject({
    calendarId: uuid.optional(),
    organizationId: notYet('organizations'),
    from: instant.optional().meta({ description: 'Events that start at this moment or later' }),
    to: instant.optional().meta({ description: 'Events that start before this moment' }),
    state: syncStateFilter.optional(),
    approval: approval.optional(),
    lumaEventId: key.optional().meta({ description: 'The event that Luma knows by this id' }),
    lumaUrl: z
      .string()
      .max(400)
      .refine((value) => slugOfUrl(value) !== null, { message: 'must be an address such as https://luma.com/abcd1234' })
      .optional()
      .meta({ description: 'The event with this public address at Luma' }),
    updatedSince: instant.optional().meta({ description: 'Events that changed at this moment or later' }),
    ...pageQuery,
  })
  .refine(isWindow, notAWindow);

export const cancelInput = z
  .strictObject({
    mode: z.enum(['hide', 'soft', 'cancel']).default('hide'),
    confirmRecipients: confirmRecipients.meta({
      description: 'With mode `cancel`: the most guests that Luma may mail.',
    }),
    refund: z
      .boolean()
      .optional()
      .meta({ description: 'With mode `cancel`, where somebody paid: whether they get their money back.' }),
  })
  .refine(
    ({ mode, confirmRecipients: confirmed, refund }) => mode === 'cancel' || (confirmed ?? refund) === undefined,
    {
      message: 'only mode "cancel" mails people and refunds',
      path: ['mode'],
    },
  )
  .meta({ id: 'CancelInput' });

export const guestPullInput = z
  .strictObject({
    assignCoupons: z.boolean().optional().meta({ description: 'Default true; false for a cancelled event.' }),
    sendEmails: z
      .boolean()
      .optional()
      .meta({
        description:
          'Default: `mailCoupons` of the calendar; false for a cancelled event. True also mails codes that were ' +
          'given before without a mail.',
      }),
    confirmRecipients: confirmRecipients.meta({
      description:
        'People who may be mailed a code, counted among the guests known here before the pull; it may find ' +
        'more, who then get none.',
    }),
    approvalStatus: z.enum(['approved', 'pending_approval', 'invited', 'declined', 'waitlist']).nullish(),
  })
  .meta({
    id: 'GuestPullInput',
    description:
      'Coupons are assigned unless it says otherwise, and mailed where it or the calendar (`mailCoupons`) says ' +
      'so. For a cancelled event asking for them is refused.',
  });

export const guestPullCoupons = z
  .object({
    assigned: z.boolean(),
    mailed: z.boolean(),
    recipients: z.number().int().meta({ description: 'People known here who would be mailed a code now.' }),
    message: z.string(),
  })
  .meta({ id: 'GuestPullCoupons', description: 'What the pull will do about coupons, before the list is read.' });
