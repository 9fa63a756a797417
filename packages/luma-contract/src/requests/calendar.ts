import { z } from 'zod';
import { geoAddressInputSchema } from './event.js';
import { instantField, pagingFields, sortDirectionField, urlField } from './fields.js';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((value) => [value])]);

/**
 * `GET /v1/calendars/events/list`. Arrays are repeated keys, never comma-joined. `after`, `before` bound `start_at`.
 */
export const listEventsQuerySchema = z.object({
  after: instantField.optional(),
  before: instantField.optional(),
  status: z.enum(['approved', 'pending']).optional(),
  access: oneOrMore(z.enum(['manage', 'view'])).optional(),
  platforms: oneOrMore(z.enum(['luma', 'external'])).optional(),
  sort_column: z.enum(['start_at']).optional(),
  sort_direction: sortDirectionField.optional(),
  ...pagingFields,
});
export type ListEventsQuery = z.output<typeof listEventsQuerySchema>;

/** `GET /v1/calendars/events/lookup`: by event id or address. Documented. */
export const lookupEventQuerySchema = z
  .object({
    event_id: z.string().optional(),
    url: z.string().optional(),
    platform: z.enum(['luma', 'external']).optional(),
  })
  .refine((query) => query.event_id !== undefined || query.url !== undefined, {
    path: ['event_id'],
    message: 'Invalid input: expected string, received undefined',
  });

/** `POST /v1/calendars/events/add`: lists an event that lives elsewhere. Documented. */
export const addCalendarEventRequestSchema = z.discriminatedUnion('platform', [
  z.strictObject({
    platform: z.literal('luma'),
    event_id: z.string().min(1),
    submission_mode: z.enum(['auto', 'pending']).optional(),
  }),
  z.strictObject({
    platform: z.literal('external'),
    url: urlField,
    name: z.string().min(1),
    start_at: instantField,
    duration_interval: z.string(),
    timezone: z.string().min(1),
    geo_address_json: geoAddressInputSchema.optional(),
    host: z.string().optional(),
    coordinate: z.strictObject({ longitude: z.number(), latitude: z.number() }).optional(),
    submission_mode: z.enum(['auto', 'pending']).optional(),
  }),
]);
export type AddCalendarEventRequest = z.output<typeof addCalendarEventRequestSchema>;

/** `GET /v1/entities/lookup`. Documented. */
export const lookupEntityQuerySchema = z.object({ slug: z.string().min(1) });

/** `POST /v1/images/create-upload-url`. SVG is refused (reported by users). */
export const createUploadUrlRequestSchema = z.strictObject({
  content_type: z.enum(['image/jpeg', 'image/png']).nullable().optional(),
});
export type CreateUploadUrlRequest = z.output<typeof createUploadUrlRequestSchema>;

/** `GET /v1/calendars/contacts/list`. Documented. */
export const listContactsQuerySchema = z.object({
  query: z.string().optional(),
  tags: oneOrMore(z.string()).optional(),
  sort_column: z
    .enum(['created_at', 'event_checked_in_count', 'event_approved_count', 'name', 'revenue_usd_cents'])
    .optional(),
  sort_direction: sortDirectionField.optional(),
  ...pagingFields,
});
