import type { Database } from '../database.js';

/** What pulls store of calendars. */
export function createCalendarSyncStore(db: Database) {
  return {
    async markPulled(calendarId: string, at: Date): Promise<void> {
      await db.calendar.update({ where: { id: calendarId }, data: { lastSyncedAt: at } });
    },
  };
}

export type CalendarSyncStore = ReturnType<typeof createCalendarSyncStore>;
