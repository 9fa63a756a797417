import { type CalendarRecord, type Db, findCalendar } from '@luma-sync/store';
import { notFound, Problem } from '../../http/problem.js';

/** @throws {Problem} 404 `calendar.unknown` */
export async function getCalendar(db: Db, calendarId: string): Promise<CalendarRecord> {
  const found = await findCalendar(db, calendarId);
  if (found === null) throw notFound('calendar');
  return found;
}

/** @throws {Problem} 409 `calendar.not_luma`, `calendar.no_key` */
export function requireLumaKey({ kind, hasApiKey }: CalendarRecord): void {
  if (kind !== 'luma') throw new Problem(409, 'calendar.not_luma', 'only a calendar of kind luma can be read at Luma');
  if (!hasApiKey) throw new Problem(409, 'calendar.no_key', 'the calendar has no API key');
}
