import type { Db } from '../database.js';
import type { Reach } from '../reach/reach.js';
import { type CalendarKind, type CalendarRecord, type CalendarStatus, toCalendarRecord } from './calendar-record.js';

export async function findCalendar(db: Db, calendarId: string): Promise<CalendarRecord | null> {
  const row = await db.calendar.findUnique({ where: { id: calendarId } });
  return row === null ? null : toCalendarRecord(row);
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
