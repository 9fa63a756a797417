import { z } from 'zod';
import { readRecord } from '../reading.js';
import { lenient } from '../tolerance.js';
import { unwrapEntries } from '../unwrap.js';
import { type OddRecord, toOddRecord } from './odd-record.js';

/**
 * One page of a list. `next_cursor` is present on the last page too (seen live): only `has_more` says whether to go on.
 * `entries` holds what could be read. What is missing there may be one of the `odd` entries: nothing is concluded about
 * a record that one of them may be.
 */
export interface LumaListPage<T> {
  entries: T[];
  has_more: boolean;
  next_cursor?: string | undefined;
  /** Entries that could not be read, or not in full. */
  odd: OddRecord[];
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
  const odd: OddRecord[] = [];
  for (const entry of page.entries) {
    const reading = readRecord(entrySchema, entry);
    if (reading.ok) entries.push(reading.record);
    if (!reading.ok || reading.notes.length > 0) odd.push(toOddRecord(entry, reading));
  }
  const cursor = page.next_cursor ?? undefined;
  return { entries, has_more: page.has_more, ...(cursor === undefined ? {} : { next_cursor: cursor }), odd };
}
