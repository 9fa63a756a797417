/** The last record of a page. */
export interface PageEnd {
  at: Date;
  id: string;
}

/**
 * The condition for the page after a record, newest first, in a list that is sorted by a moment and then by id.
 *
 * @param column The moment. The condition names it alone as well, so that an index on it is used.
 */
export function olderThan<Column extends string>(column: Column, { at, id }: PageEnd) {
  const set = <Value>(value: Value) => ({ [column]: value }) as Record<Column, Value>;
  return { ...set({ lte: at }), OR: [set({ lt: at }), { ...set(at), id: { lt: id } }] };
}
