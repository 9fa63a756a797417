/** Everything that a list of the client yields. */
export async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const record of list) found.push(record);
  return found;
}

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Everything of a list that the client reads page by page. */
export async function collectPages<T>(
  read: (paging: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read({ limit: 200, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}
