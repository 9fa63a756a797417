import type { Db } from '../database.js';
import { findEventIdByKey } from '../events/event-key.js';
import { findRoutedCalendarId } from '../events/routing.js';

/**
 * What a person is told who answers without a mail address: the words of the calendar that has the event, or would take
 * it. Null where it has none of its own.
 */
export async function findEmailRequiredText(db: Db, eventKey: string): Promise<string | null> {
  const eventId = await findEventIdByKey(db, eventKey);
  if (eventId === null) return null;
  const event = await db.event.findUnique({ where: { id: eventId }, select: { effectiveCalendarId: true } });
  const calendarId = event?.effectiveCalendarId ?? (await findRoutedCalendarId(db, eventId));
  if (calendarId === null) return null;
  const calendar = await db.calendar.findUnique({ where: { id: calendarId }, select: { emailRequiredText: true } });
  return calendar?.emailRequiredText ?? null;
}
