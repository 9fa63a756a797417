import { z } from 'zod';

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
  return z
    .string()
    .transform((value): T[number] | UnknownValue =>
      known.includes(value) || isUnknownValue(value) ? (value as T[number] | UnknownValue) : `unknown:${value}`,
    );
}

/**
 * A field we can live without. Absent or unreadable becomes `undefined`, which means *unknown*: whoever compares must
 * never take it for "emptied". An explicit `null` stays `null`, if the schema allows it.
 */
export function lenient<S extends z.ZodType>(schema: S) {
  return schema.optional().catch(undefined as z.output<S> | undefined);
}

/**
 * An instant as Luma writes it (ISO 8601 with milliseconds and `Z`, seen live; an offset is documented for input).
 * Read into `YYYY-MM-DDTHH:mm:ss.sssZ`. A time without a zone is refused: guessing one would move the event.
 */
export const instantSchema = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString());

/** Text in which Luma also writes `""` or a literal `"N/A"` for nothing (seen live): both are read as `null`. */
export const textOrNullSchema = z
  .string()
  .nullable()
  .transform((value) => (value === null || value.trim() === '' || value === 'N/A' ? null : value));

/** A mail address in the one spelling we compare by: trimmed, lower case. Plus addresses stay as they are. */
export const emailSchema = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'Invalid email'));

/** A plain object, or `null` for anything else; the first step of every reading of a shape we do not trust. */
export function asRecord(raw: unknown): Record<string, unknown> | null {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : null;
}
