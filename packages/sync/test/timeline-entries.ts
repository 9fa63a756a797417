import type { Database } from '@luma-sync/store';
import { renderEntry } from '@luma-sync/timeline';

type Where = NonNullable<NonNullable<Parameters<Database['timelineEntry']['findMany']>[0]>['where']>;

/** The timeline as an operator reads it, oldest first. */
export async function readEntries(db: Database, where: Where = {}) {
  const rows = await db.timelineEntry.findMany({ where, orderBy: { id: 'asc' } });
  return rows.map((row) => ({ ...row, ...renderEntry(row) }));
}
