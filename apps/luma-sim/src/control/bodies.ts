import {
  coordinateInputSchema,
  createEventRequestSchema,
  geoAddressInputSchema,
  updateEventRequestSchema,
} from '@luma-sync/luma-contract';
import { z } from 'zod';

/** Bodies of the control API. `silent` plays a change whose webhook never comes. */

const guestStatus = z.enum(['approved', 'session', 'pending_approval', 'invited', 'declined', 'waitlist']);
const silent = z.boolean().optional();

export const newCalendarSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  slug: z.string().nullable().optional(),
  apiKeys: z.array(z.string().min(1)).min(1).optional(),
  isPlanActive: z.boolean().optional(),
});
export type NewCalendarBody = z.input<typeof newCalendarSchema>;

export const calendarChangeSchema = newCalendarSchema.omit({ id: true });
export type CalendarChangeBody = z.input<typeof calendarChangeSchema>;

export const hostEventSchema = createEventRequestSchema.extend({ calendarId: z.string().optional(), silent });
export type HostEventBody = z.input<typeof hostEventSchema>;

/** A host can empty on Luma's own page what no request of the API can. */
const hostFields = {
  coordinate: coordinateInputSchema.nullable().optional(),
  geo_address_json: geoAddressInputSchema.nullable().optional(),
  meeting_url: z.string().nullable().optional(),
  /** What Luma derives from the place. */
  city: z.string().nullable().optional(),
  country: z.string().nullable().optional(),
  /** Tags that a host has put on the event, by name. */
  tags: z.array(z.string().min(1)).optional(),
  /** All hosts but the owner of the calendar. One of a known id keeps it under another name or address. */
  co_hosts: z
    .array(z.strictObject({ id: z.string(), email: z.string().min(3), name: z.string().nullable() }))
    .optional(),
};

export const hostChangeSchema = updateEventRequestSchema.omit({ event_id: true }).extend({ ...hostFields, silent });
export type HostChangeBody = z.input<typeof hostChangeSchema>;

/** Either named guests, or `count` made-up ones (`guest-1@example.org`...; `emailPrefix` keeps batches apart). */
export const registrationsSchema = z.strictObject({
  guests: z
    .array(
      z.strictObject({
        email: z.string().min(3),
        name: z.string().nullable().optional(),
        phone: z.string().nullable().optional(),
      }),
    )
    .optional(),
  count: z.number().int().min(1).max(10_000).optional(),
  emailPrefix: z.string().default('guest'),
  status: guestStatus.optional(),
  tickets: z.number().int().min(0).max(20).optional(),
  isCheckedIn: z.boolean().optional(),
  silent,
});
export type RegistrationsBody = z.input<typeof registrationsSchema>;

export const guestChangeSchema = z.strictObject({
  status: guestStatus.optional(),
  isCheckedIn: z.boolean().optional(),
  email: z.string().min(3).optional(),
  name: z.string().nullable().optional(),
  phone: z.string().nullable().optional(),
  silent,
});
export type GuestChangeBody = z.input<typeof guestChangeSchema>;

export const foreignTrafficSchema = z.strictObject({
  calendarId: z.string(),
  requests: z.number().int().min(1).max(100_000),
  method: z.enum(['GET', 'POST']).default('GET'),
});
export const foreignSlugsSchema = z.strictObject({ slugs: z.array(z.string().min(1)) });
export const redeliverSchema = z.strictObject({
  id: z.string(),
  copies: z.number().int().min(1).max(1_000).default(1),
});
export const releaseSchema = z.strictObject({ order: z.enum(['first-in', 'last-in', 'random']).default('first-in') });
export const logQuerySchema = z.object({
  method: z.string().optional(),
  path: z.string().optional(),
  after: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(200_000).optional(),
});
