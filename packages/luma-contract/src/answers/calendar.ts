import { z } from 'zod';
import { lenient, openEnum, textOrNullSchema } from '../tolerance.js';
import { renameApiIds, unwrap, unwrapCalendar } from '../unwrap.js';
import { lumaCoordinateSchema } from './event.js';

/** The calendar a key opens (`calendars/get`). `slug`, `website` and handles are null for personal ones (seen live). */
export const lumaCalendarSchema = z.preprocess(
  unwrapCalendar,
  z.object({
    id: z.string().min(1),
    name: lenient(z.string()),
    slug: lenient(textOrNullSchema),
    url: lenient(z.string()),
    avatar_url: lenient(textOrNullSchema),
    description: lenient(textOrNullSchema),
    is_personal: lenient(z.boolean()),
    website: lenient(textOrNullSchema),
    coordinate: lenient(lumaCoordinateSchema.nullable()),
  }),
);
export type LumaCalendar = z.output<typeof lumaCalendarSchema>;

const eventHeadSchema = z.preprocess(
  renameApiIds,
  z.object({ id: z.string().min(1), name: lenient(z.string()), slug: lenient(z.string()) }),
);

/**
 * Answer of `entities/lookup?slug=`. `null` means that nobody has the slug. A hit may be anybody's: read the event
 * (403: not ours) before taking it for one's own. Documented.
 */
export const lumaEntityLookupSchema = z.object({
  entity: z
    .union([
      z.object({ type: z.literal('event'), event: eventHeadSchema }),
      z.object({ type: z.literal('calendar'), calendar: eventHeadSchema }),
      z
        .object({ type: z.string().regex(/^(?!(event|calendar)$)/) })
        .transform(({ type }) => ({ type: `unknown:${type}` as const })),
    ])
    .nullable(),
});
export type LumaEntityLookup = z.output<typeof lumaEntityLookupSchema>;

/** Answer of `calendars/events/lookup`: is this event on the calendar, and in which state? Documented. */
export const lumaEventLookupSchema = z.object({
  event: z.preprocess(
    renameApiIds,
    z.object({ id: z.string().min(1), status: lenient(openEnum(['approved', 'pending', 'rejected'])) }).nullable(),
  ),
});
export type LumaEventLookup = z.output<typeof lumaEventLookupSchema>;

/** Answer of `calendars/events/add`. Documented; the old route says `api_id`. */
export const lumaEventAddedSchema = z.preprocess(
  (raw) => unwrap(raw, 'event'),
  z.object({ id: z.string().min(1), status: lenient(openEnum(['approved', 'pending'])) }),
);
export type LumaEventAdded = z.output<typeof lumaEventAddedSchema>;

/** Answer of `images/create-upload-url`: `PUT` the bytes to `upload_url`, then use `file_url` as cover. Documented. */
export const lumaUploadUrlSchema = z.object({ upload_url: z.string().min(1), file_url: z.string().min(1) });
export type LumaUploadUrl = z.output<typeof lumaUploadUrlSchema>;
