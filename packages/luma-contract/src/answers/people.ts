import { z } from 'zod';
import { reading } from '../reads.js';
import {
  emailOrNullSchema,
  emailSchema,
  instantSchema,
  lenient,
  listOf,
  openEnum,
  textOrNullSchema,
} from '../tolerance.js';
import { renameApiIds, unwrapContact, unwrapUser } from '../unwrap.js';

/** The user a key belongs to (`users/get-self`). Seen live wrapped in `{user}`, documented flat. */
export const lumaSelfSchema = z.preprocess(
  unwrapUser,
  z.object({
    id: z.string().min(1),
    email: lenient(emailSchema),
    name: lenient(textOrNullSchema),
    first_name: lenient(textOrNullSchema),
    last_name: lenient(textOrNullSchema),
    avatar_url: lenient(textOrNullSchema),
  }),
);
export type LumaSelf = z.output<typeof lumaSelfSchema>;

/**
 * A host of an event. `email` comes with `events/get` only; `calendar.event.added` names hosts without it (seen live).
 * Names may be null, first and last name also `""` (seen live). The access level can be written but never read.
 */
export const lumaHostSchema = z.preprocess(
  renameApiIds,
  z.object({
    id: z.string().min(1),
    email: lenient(emailSchema),
    name: lenient(textOrNullSchema),
    first_name: lenient(textOrNullSchema),
    last_name: lenient(textOrNullSchema),
    avatar_url: lenient(textOrNullSchema),
  }),
);
export type LumaHost = z.output<typeof lumaHostSchema>;

/** A tag on an event or a contact. Documented. */
export const lumaTagSchema = z.preprocess(renameApiIds, z.object({ id: z.string().min(1), name: z.string() }));
export type LumaTag = z.output<typeof lumaTagSchema>;

/** Answer of `event-tags/create`. Documented. */
export const lumaTagCreatedSchema = z.preprocess(renameApiIds, z.object({ id: z.string().min(1) }));

/** One person of a calendar (`calendars/contacts/list`); the old route nests the person in `user`. Documented. */
export const lumaContactSchema = reading(
  z.preprocess(
    unwrapContact,
    z.object({
      id: z.string().min(1),
      user_id: lenient(z.string()),
      /** Null for a person known by phone alone. */
      email: emailOrNullSchema,
      name: lenient(textOrNullSchema),
      first_name: lenient(textOrNullSchema),
      last_name: lenient(textOrNullSchema),
      created_at: lenient(instantSchema),
      event_approved_count: lenient(z.number()),
      event_checked_in_count: lenient(z.number()),
      revenue_usd_cents: lenient(z.number()),
      tags: lenient(listOf(lumaTagSchema)),
      membership: lenient(
        z
          .object({
            status: openEnum(['approved', 'pending', 'approved-pending-payment', 'declined']),
            calendar_membership_tier_id: lenient(z.string().nullable()),
          })
          .nullable(),
      ),
    }),
  ),
  { turned: z.object({ user: lenient(lumaHostSchema) }) },
);
export type LumaContact = z.output<typeof lumaContactSchema>;
