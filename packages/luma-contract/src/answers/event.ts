import { z } from 'zod';
import { reading } from '../reads.js';
import { countSchema, instantSchema, lenient, listOf, openEnum, textOrNullSchema } from '../tolerance.js';
import { unwrapEvent } from '../unwrap.js';
import { lumaHostSchema, lumaTagSchema } from './people.js';

/** Latitude and longitude in degrees. Present routes give numbers (documented); old ones and webhooks give strings. */
export const lumaCoordinateSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});
export type LumaCoordinate = z.output<typeof lumaCoordinateSchema>;

/**
 * An address as Luma returns it, which is not how it is sent (`GeoAddressInput`). Seen live: `country` null on older
 * rows and `"US"` on newer ones, `description: ""`, and literal `"N/A"`; all three nothings are read as null.
 */
const lumaGeoAddressSchema = z.object({
  address: lenient(textOrNullSchema),
  city: lenient(textOrNullSchema),
  region: lenient(textOrNullSchema),
  country: lenient(textOrNullSchema),
  city_state: lenient(textOrNullSchema),
  full_address: lenient(textOrNullSchema),
  google_maps_place_id: lenient(textOrNullSchema),
  apple_maps_place_id: lenient(textOrNullSchema),
  description: lenient(textOrNullSchema),
});
export type LumaGeoAddress = z.output<typeof lumaGeoAddressSchema>;

const stateCountSchema = z.object({ guests: z.number(), tickets: z.number() });

/** How many guests and tickets an event has by state; `events/get` only. Documented. */
const lumaGuestCountsSchema = z.object({
  approved: lenient(stateCountSchema),
  pending_approval: lenient(stateCountSchema),
  waitlist: lenient(stateCountSchema),
  invited: lenient(stateCountSchema),
  declined: lenient(stateCountSchema),
  checked_in: lenient(stateCountSchema),
});

/** The place in webhooks and old shapes, which `unwrapEvent` turns into a coordinate. */
const placeAsTextSchema = z.object({
  geo_latitude: lenient(z.string().nullable()),
  geo_longitude: lenient(z.string().nullable()),
});

/** A question of the registration. `question_id` of a guest's answer is its `id`. Documented. */
const lumaQuestionSchema = z.object({
  id: z.string().min(1),
  label: z.string(),
  required: lenient(z.boolean()),
  question_type: openEnum([
    'agree-check',
    'company',
    'dropdown',
    'github',
    'instagram',
    'linkedin',
    'long-text',
    'multi-select',
    'phone-number',
    'telegram',
    'terms',
    'text',
    'twitter',
    'url',
    'youtube',
  ]),
  /** Of `dropdown` and `multi-select`. */
  options: lenient(listOf(z.string())),
});
export type LumaQuestion = z.output<typeof lumaQuestionSchema>;

/**
 * An event, from any route, old or present, or from a webhook. What a shape lacks stays absent, and absent means
 * unknown: lists have no `description`, `hosts` or `guest_counts` (documented since summer 2026), webhooks no `hosts`.
 *
 * There is no update time, no version, no status and no external id in any shape (documented by absence).
 * `max_capacity` is usually not returned (seen live). Use `end_at`: `duration_interval` is not normalised
 * (`P0Y0M0DT361H0M0S`, seen live).
 */
export const lumaEventSchema = reading(
  z.preprocess(
    unwrapEvent,
    z.object({
      id: z.string().min(1),
      name: z.string(),
      start_at: instantSchema,
      end_at: instantSchema,
      /** IANA name. */
      timezone: z.string().min(1),
      platform: lenient(openEnum(['luma', 'external'])),
      calendar_id: lenient(z.string()),
      user_id: lenient(z.string()),
      created_at: lenient(instantSchema),
      duration_interval: lenient(z.string()),
      url: lenient(z.string()),
      cover_url: lenient(z.string().nullable()),
      /** `""` when there is none (seen live). */
      description: lenient(z.string()),
      /** Markdown after Luma's own round trip: not what was sent (seen live). */
      description_md: lenient(z.string()),
      geo_address_json: lenient(lumaGeoAddressSchema.nullable()),
      coordinate: lenient(lumaCoordinateSchema.nullable()),
      meeting_url: lenient(textOrNullSchema),
      location_type: lenient(
        openEnum(['offline', 'zoom', 'meet', 'discord', 'twitch', 'twitter', 'youtube', 'missing', 'unknown']),
      ),
      location_visibility: lenient(openEnum(['public', 'guests-only'])),
      visibility: lenient(openEnum(['public', 'members-only', 'private'])),
      waitlist_status: lenient(openEnum(['disabled', 'enabled'])),
      registration_open: lenient(z.boolean()),
      require_approval: lenient(z.boolean()),
      spots_remaining: lenient(countSchema.nullable()),
      max_capacity: lenient(countSchema.nullable()),
      access: lenient(openEnum(['manage', 'view'])),
      registration_questions: lenient(listOf(lumaQuestionSchema)),
      tags: lenient(listOf(lumaTagSchema)),
      hosts: lenient(listOf(lumaHostSchema)),
      guest_counts: lenient(lumaGuestCountsSchema),
    }),
  ),
  { turned: placeAsTextSchema },
);
export type LumaEvent = z.output<typeof lumaEventSchema>;

/** Answer of `events/create`: the id and nothing else (documented, seen live). Read the event to learn its address. */
export const lumaCreatedSchema = z.preprocess(unwrapEvent, z.object({ id: z.string().min(1) }));
export type LumaCreated = z.output<typeof lumaCreatedSchema>;

/** Answer of `events/cancel/request`. The token lives 15 minutes (documented). */
export const lumaCancelRequestedSchema = z.object({
  cancellation_token: z.string().min(1),
  is_paid: lenient(z.boolean()),
  guest_count: lenient(z.number()),
});
export type LumaCancelRequested = z.output<typeof lumaCancelRequestedSchema>;
