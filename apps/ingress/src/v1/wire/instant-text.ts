/** The first and last moment that ISO 8601 writes with four digits of a year, as apps read it. */
const FIRST_INSTANT = '0001-01-01T00:00:00.000Z';
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';

/**
 * A stored moment on the wire. Never throws: a moment beyond these, or one that no Date of ours can hold, is the first
 * or the last of them, so that one such row does not take the list down that it stands on.
 */
export function toInstantText(at: Date): string {
  const year = at.getUTCFullYear();
  if (year < 1) return FIRST_INSTANT;
  return year <= 9_999 ? at.toISOString() : LAST_INSTANT;
}
