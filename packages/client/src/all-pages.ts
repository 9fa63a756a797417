import type { Page } from './types.js';

/** Yields every record of a list, page by page. A cursor that repeats ends it with an error instead of going round. */
export async function* allPages<T>(
  read: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read(cursor);
    yield* page.data;
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined && seen.has(cursor)) throw new Error('the list repeats a cursor');
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
}
