import { isUuid } from '@luma-sync/domain';
import type { Problem } from './problem.js';
import { parameterDoesNotFit } from './validate.js';

/** Where a page ended: the moment its last row is sorted by, and the row's id for rows of the same moment. */
export interface PageEnd {
  at: Date;
  id: string;
}

/** The years that ISO 8601 writes with four digits; none of ours is beyond. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Opaque to callers; holds no more than they have just been shown. */
export function encodeCursor({ at, id }: PageEnd): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString('base64url');
}

/** @throws {Problem} 400 `request.invalid_parameter` for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string | undefined): PageEnd | undefined {
  if (cursor === undefined) return undefined;
  const [time = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const at = new Date(/^-?\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  const isOurs = at.getTime() >= EARLIEST_MS && at.getTime() <= LATEST_MS && isUuid(id);
  if (rest.length > 0 || !isOurs) throw invalidCursor();
  return { at, id };
}

/** For lists that are sorted by a growing number alone. */
export const encodeNumberCursor = (id: bigint): string => Buffer.from(String(id)).toString('base64url');

export function decodeNumberCursor(cursor: string | undefined): bigint | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,18}$/.test(text)) throw invalidCursor();
  return BigInt(text);
}

const invalidCursor = (): Problem =>
  parameterDoesNotFit([
    { path: 'cursor', message: 'is not a cursor of this list; take `nextCursor` of the page before' },
  ]);

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/**
 * Makes a page of rows that were asked for with one more than the page holds.
 *
 * @param limit What the caller asked for.
 */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  toWire: (row: R) => T,
  cursorOf: (row: R) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(toWire),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
