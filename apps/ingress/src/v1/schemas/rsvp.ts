import { normalizePhone, RSVP_STATUSES } from '@luma-sync/domain';
import { z } from 'zod';
import { difference } from './event.js';
import { instant, mailAddress, pageQuery, text, wireInstant, wireSyncError } from './fields.js';

const status = z.enum(RSVP_STATUSES);

/** Apps may show it to people word for word; a calendar may have words of its own. */
export const EMAIL_REQUIRED = 'Answering needs a mail address';

const phone = z
  .string()
  .max(40)
  .transform((value, ctx) => {
    if (value.trim() === '') return null;
    const normalized = normalizePhone(value);
    if (normalized !== null) return normalized;
    ctx.addIssue({ code: 'custom', message: 'must be a phone number with its country code, such as +1 202 555 0123' });
    return z.NEVER;
  });

const rsvpFields = {
  name: text(200),
  /** Blank and absent are let through: a person without an address gets an answer of their own. */
  email: z
    .union(
      [
        z
          .string()
          .max(400)
          .regex(/^\s*$/)
          .transform(() => null),
        mailAddress,
      ],
      { error: 'must be a mail address, such as name@example.org' },
    )
    .nullish(),
  emailVerified: z
    .boolean()
    .optional()
    .meta({
      description:
        'The app has proof that the person receives mail under this address. Without it nobody whom Luma knows by ' +
        'the address becomes this person.',
    }),
  phone: phone.nullish(),
  status,
};

export const rsvpInput = z.strictObject(rsvpFields).meta({
  id: 'RsvpInput',
  description:
    'An answer may be sent back as a GET gives it out: fields that were not changed are taken as they are, and ' +
    'read-only ones change nothing.',
});

/** As {@link rsvpInput}, with these fields given: they are not judged. */
export function rsvpInputKnowing(known: Record<string, unknown>): z.ZodType {
  const given = Object.entries(known).map(([name, value]) => [name, z.unknown().transform(() => value)]);
  return z.strictObject({ ...rsvpFields, ...Object.fromEntries(given) } as typeof rsvpFields);
}

export const rsvpDecision = z.strictObject({ status }).meta({ id: 'RsvpDecision' });

export const rsvp = z
  .object({
    personId: z.string().meta({ description: 'The app’s id of the person; ours for one known only from Luma.' }),
    externalId: z.string().nullable().meta({ description: 'The app’s id; null for a person known only from Luma.' }),
    origin: z.enum(['app', 'luma']).meta({ description: 'Where the person was first known.' }),
    name: z.string().nullable(),
    email: z.string().nullable(),
    emailVerified: z.boolean().meta({ description: 'The app had proof of the address, or Luma showed it.' }),
    phone: z.string().nullable(),
    status,
    checkedInAt: wireInstant.nullable().meta({ description: 'The first check-in of any ticket.' }),
    registeredAt: wireInstant.nullable().meta({ description: 'When the guest registered, as Luma shows it.' }),
    ticketType: z.string().nullable().meta({ description: 'Name of the first ticket’s type at Luma.' }),
    tickets: z.array(z.object({ id: z.string(), name: z.string().nullable(), checkedInAt: wireInstant.nullable() })),
    answers: z
      .array(
        z.object({
          questionId: z.string(),
          label: z.string().nullable(),
          type: z.string().nullable(),
          value: z.unknown().meta({ description: 'As Luma shows it; its kind depends on the question.' }),
        }),
      )
      .meta({ description: 'Answers to the questions of the registration at Luma.' }),
    updatedAt: wireInstant,
    luma: z.object({ guestId: z.string() }).nullable(),
    sync: z.object({
      state: z
        .enum([
          'pending_push',
          'unconfirmed',
          'pulled',
          'synced',
          'push_failed',
          'removed',
          'unverified',
          'not_carried',
        ])
        .nullable()
        .meta({
          description:
            'Null when there is nothing Luma should be told. `not_carried`: Luma has no word for the answer and ' +
            'shows the guest otherwise; `lastError` says how.',
        }),
      lastError: wireSyncError.nullable(),
      notAtLuma: z.array(difference).meta({
        description: 'What Luma does not hold as the answer has it: `name`, where Luma refused the name.',
      }),
      isMailHeld: z.boolean().meta({
        description:
          'Luma has the answer and did not mail about it, since a command would have mailed too many. `POST ' +
          '/v1/events/{externalId}/held-mails/confirm` mails it.',
      }),
    }),
  })
  .meta({ id: 'Rsvp' });
export type RsvpWire = z.infer<typeof rsvp>;

export const rsvpQuery = z.strictObject({
  status: status.optional(),
  updatedSince: instant
    .optional()
    .meta({ description: 'Answers that changed, here or at Luma, at this moment or later' }),
  ...pageQuery,
});
