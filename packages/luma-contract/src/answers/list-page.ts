import { z } from 'zod';
import { lenient } from '../tolerance.js';
import { unwrapEntries } from '../unwrap.js';

/** An entry that could not be read. Says which and where, never what was in it. */
export interface RejectedEntry {
  /** Place in the page, from 0. */
  index: number;
  /** Luma's id, when there was one. */
  id: string | undefined;
  /** Paths of the fields that did not fit, such as `start_at`. */
  fields: string[];
}

/**
 * One page of a list. `next_cursor` is present on the last page too (seen live): only `has_more` says whether to go on.
 * A page with `rejected` entries is not the whole truth: nothing may be concluded from what is missing in it.
 */
export interface LumaListPage<T> {
  entries: T[];
  has_more: boolean;
  next_cursor?: string | undefined;
  rejected: RejectedEntry[];
}

/** Lists without paging (ticket types) leave `has_more` out. */
const pageSchema = z.preprocess(
  unwrapEntries,
  z.object({
    entries: z.array(z.unknown()),
    has_more: z.boolean().default(false),
    next_cursor: lenient(z.string().nullable()),
  }),
);

/**
 * Reads a page entry by entry, so that one unreadable record harms only itself.
 *
 * @throws {z.ZodError} when the page itself (not an entry) has no readable `entries`.
 */
export function parseListPage<S extends z.ZodType>(raw: unknown, entrySchema: S): LumaListPage<z.output<S>> {
  const page = pageSchema.parse(raw);
  const entries: z.output<S>[] = [];
  const rejected: RejectedEntry[] = [];
  page.entries.forEach((entry, index) => {
    const parsed = entrySchema.safeParse(entry);
    if (parsed.success) entries.push(parsed.data);
    else rejected.push({ index, id: idOf(entry), fields: parsed.error.issues.map((issue) => issue.path.join('.')) });
  });
  const cursor = page.next_cursor ?? undefined;
  return { entries, has_more: page.has_more, ...(cursor === undefined ? {} : { next_cursor: cursor }), rejected };
}

function idOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, api_id } = entry as { id?: unknown; api_id?: unknown };
  return [id, api_id].find((value): value is string => typeof value === 'string');
}
