/** Everything that a list of the client yields. */
export async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const record of list) found.push(record);
  return found;
}
