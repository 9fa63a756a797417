import { isUuid } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { Reach } from '../reach/reach.js';
import { type CalendarKind, type CalendarRecord, type CalendarStatus, toCalendarRecord } from './calendar-record.js';

export async function findCalendar(db: Db, calendarId: string): Promise<CalendarRecord | null> {
  const row = await db.calendar.findUnique({ where: { id: calendarId } });
  return row === null ? null : toCalendarRecord(row);
}

/** By our id, or by name. */
export async function findCalendarIdByKey(db: Db, key: string): Promise<string | null> {
  // A NUL in a path is no name, and Postgres refuses it.
  if (key.includes('\u0000')) return null;
  const where = isUuid(key) ? { OR: [{ id: key }, { name: key }] } : { name: key };
  const rows = await db.calendar.findMany({ where, select: { id: true } });
  return rows.find(({ id }) => id === key.toLowerCase())?.id ?? rows[0]?.id ?? null;
}

export interface CalendarFilter {
  kind?: CalendarKind;
  status?: CalendarStatus;
  /** Only calendars that may be synced by schedule. */
  isSyncEnabled?: boolean;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
}

/** All calendars that fit, by name. There are few: no paging. */
export async function listCalendars(db: Db, filter: CalendarFilter = {}): Promise<CalendarRecord[]> {
  const rows = await db.calendar.findMany({
    where: {
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.reach == null ? {} : { id: { in: [...filter.reach] } }),
      ...(filter.isSyncEnabled === undefined ? {} : { syncEnabled: filter.isSyncEnabled }),
    },
    orderBy: { name: 'asc' },
  });
  return rows.map(toCalendarRecord);
}
