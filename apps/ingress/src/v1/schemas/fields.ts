import { findTimezone, isEmail, nearestTimezones, normalizeEmail, parseUrl } from '@luma-sync/domain';
import { z } from 'zod';

/*
 * Building blocks of what callers send. Every text is bounded and holds only what Postgres can keep: a NUL or half of a
 * surrogate pair would make the database refuse what we had accepted.
 */

export function text(max: number) {
  return z.string().trim().min(1).max(max).refine(isStorable, { message: 'holds a character that cannot be stored' });
}

/** As {@link text}; absent, null and empty are all null. */
export function optionalText(max: number) {
  return z
    .string()
    .max(max)
    .refine(isStorable, { message: 'holds a character that cannot be stored' })
    .nullish()
    .transform((value) => (value === undefined || value === null || value.trim() === '' ? null : value.trim()));
}

function isStorable(value: string): boolean {
  return !value.includes('\u0000') && !/\p{Cs}/u.test(value);
}

/** What an app calls its own records, and what we call ours. Part of paths: short, and without control characters. */
export const key = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value) && value.trim() === value, {
    message: 'must be 1 to 200 characters without control characters or spaces at its ends',
  })
  .meta({ description: 'The app’s own id; ours (`id`) for what began at Luma.' });

/** What the app calls a host's rights. */
export const hostRole = text(60);

export const uuid = z.uuid();

/** A field of what is planned: nothing but null is taken until it works. */
export const notYet = (what: string) =>
  z
    .null({ error: `${what} are not supported yet` })
    .optional()
    .transform(() => undefined);

/** ISO 8601 with a zone, in the years that every part of the way understands. */
export const instant = z.iso
  // Ends there: what is no moment must not reach rules that compare moments.
  .datetime({ offset: true, abort: true })
  .max(40, { abort: true })
  .transform((value) => new Date(value))
  .refine((value) => value.getUTCFullYear() >= 1970 && value.getUTCFullYear() <= 2200, {
    message: 'must be between 1970 and 2200',
  });

/** Whether a window of time holds any moment; an empty one answers nothing, and says nothing of the mistake. */
export const isWindow = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }): boolean =>
  from === undefined || to === undefined || from < to;
export const notAWindow = { path: ['to'], message: 'must be later than `from`' };

/** In the IANA list's own spelling. */
export const timezone = z
  .string()
  .max(200, { abort: true })
  .transform((value, ctx) => {
    const name = findTimezone(value);
    if (name !== null) return name;
    const nearest = nearestTimezones(value);
    const examples = nearest.length === 0 ? ['Asia/Kolkata', 'Europe/Berlin'] : nearest;
    ctx.addIssue({ code: 'custom', message: `must be an IANA time zone, such as ${examples.join(' or ')}` });
    return z.NEVER;
  });

const BEGINNING = 'must be an address that begins with http:// or https://';

/** Host names hold what browsers and other servers take, underscores among it. */
export const httpUrl = z
  .string()
  .trim()
  // Ends there, and at a host that is longer than any: parsing one takes quadratic time.
  .max(2_000, { abort: true })
  .refine((value) => /^https?:\/\//i.test(value), { message: BEGINNING, abort: true })
  .refine((value) => parseUrl(value) !== null, { message: 'cannot be read as an address', abort: true })
  .refine(isStorable, { message: 'holds a character that cannot be stored' })
  .meta({ format: 'uri' });
export const optionalHttpUrl = httpUrl.nullish().transform((value) => value ?? null);

/**
 * Luma takes no SVG: better said now than after the push. What the address really leads to is judged when it is
 * fetched.
 */
export const coverAddress = httpUrl.refine((value) => !/\.svgz?$/i.test(parseUrl(value)?.pathname ?? ''), {
  message: 'leads to an SVG, which Luma does not take: give a JPEG or PNG',
});
export const optionalCoverAddress = coverAddress.nullish().transform((value) => value ?? null);

/** A mail address, in the spelling it is kept in. Whatever Luma shows of a guest is taken from an app as well. */
export const mailAddress = z
  .string()
  .max(400, { abort: true })
  .transform(normalizeEmail)
  .refine((value) => isStorable(value) && isEmail(value), {
    message: 'must be a mail address, such as name@example.org',
  });

export const latitude = z.number().min(-90).max(90);
export const longitude = z.number().min(-180).max(180);

/** Instants as we answer them. */
export const wireInstant = z.iso.datetime().meta({ description: 'UTC' });
export const wireError = z.object({ code: z.string(), message: z.string() });
/** Why a record is not as it should be yet. */
export const wireSyncError = wireError.extend({
  nextTryAt: wireInstant
    .nullable()
    .meta({ description: 'When the same is tried again by itself; null when it is not.' }),
});

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the page before' }),
};

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * For a schema with an id. `.nullable()` of one makes `/openapi.json` wrong: where the generator meets it first the
 * component itself may be null, and later ones are written so that null does not fit.
 */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);
