import { z } from 'zod';

/*
 * Building blocks of a configuration schema. `purpose` says what the variable is for and what it looks like; it ends
 * the line "NAME is missing: ...", so that a reader knows what to do.
 */

export function text(purpose: string): z.ZodString {
  return z.string({ error: (issue) => (issue.input === undefined ? `is missing: ${purpose}` : 'must be text') }).trim();
}

export function parseUrl(value: string): URL | null {
  try {
    return new URL(value);
  } catch {
    return null;
  }
}

export function urlWith(protocols: readonly string[], purpose: string): z.ZodType<string, string> {
  return text(purpose).refine((value) => protocols.includes(parseUrl(value)?.protocol ?? ''), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
}

/**
 * Without a slash at its end, so that paths can be put behind it. A query or fragment would swallow them, so it is
 * refused.
 */
export function httpUrl(purpose: string): z.ZodType<string, string> {
  return urlWith(['http:', 'https:'], purpose)
    .refine((value) => parseUrl(value) === null || !/[?#]/.test(value), {
      error: 'must have no query and no fragment: paths are put behind it',
    })
    .transform(withoutSlashes);
}

function withoutSlashes(value: string): string {
  let end = value.length;
  while (value[end - 1] === '/') end -= 1;
  return value.slice(0, end);
}

export function secret(purpose: string, lengthMin = 1): z.ZodString {
  return text(purpose).min(lengthMin, { error: `must have at least ${lengthMin} characters` });
}

/** One that travels in a header, where anything but printable ASCII would make every request fail. */
export function headerSecret(purpose: string, lengthMin = 1): z.ZodType<string, string> {
  return secret(purpose, lengthMin)
    .max(HEADER_SECRET_MAX, { error: `must have at most ${HEADER_SECRET_MAX} characters` })
    .regex(/^[\x21-\x7e]*$/, { error: 'must have no spaces and no other characters than printable ASCII' });
}

/** What ingress accepts as a key. */
const HEADER_SECRET_MAX = 300;

/** A whole number. */
export function decimal({ min, max }: { min: number; max: number }): z.ZodType<number, string> {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string({
      error: (issue) => (issue.input === undefined ? `is missing: a whole number from ${min} to ${max}` : error),
    })
    .trim()
    .regex(/^-?\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/** Names or addresses of hosts, each with or without a port, comma-separated; empty for none. */
export function hostList(purpose: string): z.ZodType<string[], string> {
  const isHost = (part: string): boolean => parseUrl(`http://${part}/`)?.host === part;
  return text(purpose)
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(isHost), { error: 'must be hosts without scheme or path, comma-separated' });
}

/** One key, or several comma-separated ones of which the first is in use and the others still open what they closed. */
export function base64Key(byteCount: number, purpose: string): z.ZodType<string, string> {
  const isKey = (part: string): boolean =>
    /^[A-Za-z0-9+/_-]+={0,2}$/.test(part) && Buffer.from(part, 'base64').length === byteCount;
  return text(purpose).refine((value) => value.split(',').every((part) => isKey(part.trim())), {
    error:
      `must be ${byteCount} bytes in base64, or several such keys, comma-separated (openssl rand -base64 ` +
      `${byteCount})`,
  });
}
