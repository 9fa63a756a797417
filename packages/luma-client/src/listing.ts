import { toJobError } from '@luma-sync/jobs';
import type { LumaListPage } from '@luma-sync/luma-contract';
import type { Listing, ListingEnd, ListingLimits } from './luma-api.js';

const MAX_PAGES = 1_000;

/**
 * Walks a list. Goes on while `has_more` says so and for no other reason: `next_cursor` is there on the last page too,
 * and page sizes mean nothing (docs/luma-api.md). A cursor that repeats would walk in a circle for ever.
 */
export async function* walkPages<T extends { id: string }>(
  fetchPage: (cursor: string | undefined) => Promise<LumaListPage<T>>,
  { cursor: start, maxPages = MAX_PAGES }: ListingLimits = {},
): Listing<T> {
  const seenIds = new Set<string>();
  const seenCursors = new Set<string>(start === undefined ? [] : [start]);
  let cursor = start;
  for (let pages = 1; ; pages++) {
    let page: LumaListPage<T>;
    try {
      page = await fetchPage(cursor);
    } catch (thrown) {
      return { complete: false, pages: pages - 1, reason: 'page-failed', error: toJobError(thrown), cursor };
    }
    const entries = page.entries.filter(({ id }) => !seenIds.has(id));
    for (const { id } of entries) seenIds.add(id);

    const next = page.has_more ? page.next_cursor : undefined;
    const end = endAfter(page, pages, maxPages, seenCursors);
    yield { entries, odd: page.odd, cursor: end === null ? next : undefined };
    if (end !== null) return end;
    if (next !== undefined) seenCursors.add(next);
    cursor = next;
  }
}

function endAfter(
  page: LumaListPage<unknown>,
  pages: number,
  maxPages: number,
  seenCursors: ReadonlySet<string>,
): ListingEnd | null {
  if (!page.has_more) return { complete: true, pages };
  if (page.next_cursor === undefined) return { complete: false, pages, reason: 'cursor-missing' };
  if (seenCursors.has(page.next_cursor)) return { complete: false, pages, reason: 'cursor-repeated' };
  if (pages >= maxPages) return { complete: false, pages, reason: 'too-many-pages' };
  return null;
}
