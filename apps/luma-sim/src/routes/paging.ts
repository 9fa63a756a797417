import { z } from 'zod';
import { ApiError } from '../http-error.js';
import type { World } from '../state/world.js';

/** Value a list is sorted by; null where a row has none. */
export type SortValue = string | number | null;

export interface PageRequest {
  pagination_cursor?: string | undefined;
  pagination_limit?: number | undefined;
  sort_direction?: 'asc' | 'desc' | 'asc nulls last' | 'desc nulls last' | undefined;
}

const cursorSchema = z.object({ sv: z.union([z.string(), z.number(), z.null()]), fb: z.string() });

/**
 * Keyset paging as recorded: the cursor is unpadded base64url of `{"sv": <sort value>, "fb": <id>}`, instants in it
 * have second precision, and `next_cursor` is there on the last page too. Rows whose sort value changes during a walk
 * can be met twice or not at all, exactly because of that.
 */
export function toPage<T extends { id: string }, V extends object>(
  world: World,
  rows: T[],
  sortValue: (row: T) => SortValue,
  request: PageRequest,
  view: (row: T) => V,
): { entries: V[]; has_more: boolean; next_cursor?: string } {
  const size = pageSize(world, request.pagination_limit);
  const compare = comparison(request.sort_direction ?? 'asc');
  const keyed = rows
    .map((row) => ({ row, key: { sv: rounded(sortValue(row)), fb: row.id } }))
    .sort((a, b) => compare(a.key, b.key));
  const after = request.pagination_cursor === undefined ? null : readCursor(request.pagination_cursor);
  const rest = after === null ? keyed : keyed.filter(({ key }) => compare(key, after) > 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    entries: page.map(({ row }) => view(row)),
    has_more: rest.length > page.length,
    ...(last === undefined ? {} : { next_cursor: writeCursor(last.key) }),
  };
}

interface Key {
  sv: SortValue;
  fb: string;
}

function comparison(direction: NonNullable<PageRequest['sort_direction']>): (a: Key, b: Key) => number {
  const sign = direction.startsWith('desc') ? -1 : 1;
  // Postgres puts nulls last when ascending and first when descending, unless told otherwise.
  const nullSign = direction === 'desc' ? -1 : 1;
  return (a, b) => {
    if (a.sv !== b.sv) {
      if (a.sv === null) return nullSign;
      if (b.sv === null) return -nullSign;
      return (a.sv < b.sv ? -1 : 1) * sign;
    }
    return a.fb === b.fb ? 0 : (a.fb < b.fb ? -1 : 1) * sign;
  };
}

/** `2025-11-05 09:30:00+00`, for instants; anything else as it is. */
function rounded(value: SortValue): SortValue {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return value;
  return `${value.slice(0, 10)} ${value.slice(11, 19)}+00`;
}

const writeCursor = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');

function readCursor(cursor: string): Key {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new ApiError(400, 'Invalid request.\n- pagination_cursor: Invalid cursor');
  }
}

function pageSize(world: World, wanted: number | undefined): number {
  const { defaultSize, maxSize, overMax } = world.settings.paging;
  if (wanted === undefined) return Math.min(defaultSize, maxSize);
  if (wanted > maxSize && overMax === 'refuse') {
    throw new ApiError(400, `Invalid request.\n- pagination_limit: Too big: expected number to be <=${maxSize}`);
  }
  return Math.min(wanted, maxSize);
}
