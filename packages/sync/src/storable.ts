import { toStorableText } from '@luma-sync/luma-contract';

/**
 * A copy in which each character that Postgres refuses, a NUL or half of a surrogate pair, is the replacement
 * character. Names and answers come from people, and a careless cut of a text halves an emoji: one
 * such guest must not make a whole page of guests fail.
 */
export function toStorable<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return toStorableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), clean(item)]));
}
