import type { Page, Paging } from './types.js';

/** As the API's lists allow at most. */
const PAGE_MAX = 200;

/** Yields every record of a list, page by page. A cursor that repeats ends it with an error instead of going round. */
export async function* allPages<T>(read: (page: Paging) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read({ limit: PAGE_MAX, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.data;
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined && seen.has(cursor)) throw new Error('the list repeats a cursor');
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
}
