import { z } from 'zod';
import { isBeyondBound } from './read-json.js';
import { clipped, firstReason, leftOut, leftOutElement } from './reading.js';
import { reading } from './reads.js';

/**
 * How answers are read: strictly where we cannot do without a field, forgivingly everywhere else. Luma adds fields and
 * enum values without notice (seen live), and one odd field must not stop a record from being followed.
 */

/** Marks a value that Luma added to an enum after this contract was written: `unknown:<Luma's value>`. */
export type UnknownValue = `unknown:${string}`;

/** True for a value that {@link openEnum} did not know. */
export function isUnknownValue(value: string): value is UnknownValue {
  return value.startsWith('unknown:');
}

/** An enum that may grow: a value we do not know becomes `unknown:<value>` and the record is still read. */
export function openEnum<const T extends readonly [string, ...string[]]>(known: T) {
  const schema = z
    .string()
    .transform((value): T[number] | UnknownValue =>
      known.includes(value) || isUnknownValue(value) ? (value as T[number] | UnknownValue) : `unknown:${value}`,
    );
  return reading(schema, { values: known });
}

/**
 * A field we can live without. Absent or unreadable becomes `undefined`, which means *unknown*: a comparison must
 * never take it for "emptied". An explicit `null` stays `null`, if the schema allows it.
 */
export function lenient<S extends z.ZodType>(schema: S) {
  const read = schema.optional();
  return read.catch(
    (ctx): z.output<typeof read> =>
      // Without a value it is a description of the schema that is made. A null where the schema takes none says the
      // same as an absent field.
      (ctx as typeof ctx | undefined)?.value == null
        ? undefined
        : leftOut(isBeyondBound(ctx.value) ? 'too_long' : firstReason(ctx.issues)),
  );
}

/**
 * A list each of whose elements is read alone: one that cannot be read is left out, and the others stay. A list of
 * which nothing can be read is no empty one: it fails as a whole.
 */
export function listOf<S extends z.ZodType>(element: S) {
  const schema = z.array(z.unknown()).transform((items, ctx) => {
    let isAnyRead = false;
    const read = items.flatMap((item) => {
      const parsed = element.safeParse(item);
      isAnyRead ||= parsed.success;
      return parsed.success ? [parsed.data] : (leftOutElement(firstReason(parsed.error.issues)) as z.output<S>[]);
    });
    if (!isAnyRead && items.length > 0) {
      ctx.addIssue({ code: 'custom', message: 'no element can be read' });
      return z.NEVER;
    }
    return read;
  });
  return reading(schema, { items: element });
}

/** Our columns for counts hold no more. Luma names no bound; a venue of two thousand million has none. */
const COUNT_MAX = 2_147_483_647;

/**
 * A number of places: whole, from 0 to what our columns hold. A larger one is clipped, since it says "no limit" either
 * way.
 */
export const countSchema = z
  .number()
  .transform((value) => (value > COUNT_MAX ? clipped(COUNT_MAX) : value < 0 ? clipped(0) : Math.floor(value)));

/** Years that ISO 8601 writes with four digits: every part of the way, apps included, understands those. */
const INSTANT_MIN = '0001-01-01T00:00:00.000Z';
const INSTANT_MAX = '9999-12-31T23:59:59.999Z';
/** What ISO 8601 writes with a sign and six digits. */
const EXPANDED_YEAR =
  /^[+-]\d{6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * An instant as Luma writes it (ISO 8601 with milliseconds and `Z`, seen live; the document allows an offset, and a
 * time without seconds). Read into `YYYY-MM-DDTHH:mm:ss.sssZ`, which sorts by time. A time without a zone is refused:
 * guessing one would move the event.
 */
export const instantSchema = z
  .union([
    z.iso.datetime({ offset: true }),
    z.iso.datetime({ offset: true, precision: -1 }),
    z.string().max(40).regex(EXPANDED_YEAR),
  ])
  .transform(toInstant);

/** A moment outside of four-digit years is clipped to the first or last of them. */
function toInstant(value: string): string {
  const at = new Date(value);
  const year = at.getUTCFullYear();
  if (year >= 1 && year <= 9_999) return at.toISOString();
  // Not a number beyond what a Date can hold.
  return clipped(year < 1 || value.startsWith('-') ? INSTANT_MIN : INSTANT_MAX);
}

/** Text in which Luma also writes `""` or a literal `"N/A"` for nothing (seen live): both are read as `null`. */
export const textOrNullSchema = z
  .string()
  .nullable()
  .transform((value) => (value === null || value.trim() === '' || value === 'N/A' ? null : value));

/** Longest address that the standard knows: 64 characters, the at sign, and 255. */
const EMAIL_MAX = 320;

/** A part in quotes may hold spaces, and nothing that could make two addresses of it for a careless reader. */
const ADDRESS = /^(?:[^\s@]+|"[^"\\,;:<>@\p{Cc}]+")@[^\s@]+$/u;

/** A mail address in the one spelling we compare by: trimmed, lower case. Plus addresses stay as they are. */
export const emailSchema = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().max(EMAIL_MAX).regex(ADDRESS, 'Invalid email'));

/** An address where there may be none: a guest who signed up by phone has null, an empty text or no field at all. */
export const emailOrNullSchema = z
  .union([emailSchema, z.string().regex(/^\s*$/, 'Invalid email')])
  .nullish()
  .transform((value) => (value == null || value.trim() === '' ? null : value));

/** A plain object, or `null` for anything else; the first step of every reading of a shape we do not trust. */
export function asRecord(raw: unknown): Record<string, unknown> | null {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : null;
}
