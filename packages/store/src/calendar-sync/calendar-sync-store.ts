import { calendarPull, driftCheck, guestPull } from '@luma-sync/jobs';
import { type Database, inTransaction } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';

/** What schedules and pulls read and store of calendars. */
export function createCalendarSyncStore(db: Database) {
  return {
    async markPulled(calendarId: string, at: Date): Promise<void> {
      await db.calendar.update({ where: { id: calendarId }, data: { lastSyncedAt: at } });
    },

    /** One pull per calendar with a key, spread over `spreadMs` so that budgets are not hit at once. @returns how many. */
    scheduleCalendarPulls(spreadMs: number): Promise<number> {
      return scheduleForCalendars(db, calendarPull, spreadMs);
    },

    scheduleDriftChecks(spreadMs: number): Promise<number> {
      return scheduleForCalendars(db, driftCheck, spreadMs);
    },

    /** One guest pull per linked event that starts within `horizonMs` or has started and not ended. It assigns no coupons and mails nobody. */
    async scheduleGuestPulls(horizonMs: number): Promise<number> {
      return inTransaction(db, async (tx) => {
        const now = Date.now();
        const events = await tx.event.findMany({
          where: {
            startsAt: { lte: new Date(now + horizonMs) },
            endsAt: { gte: new Date(now) },
            ownership: 'created',
            link: { lumaEventId: { not: null }, state: { not: 'source_deleted' }, calendar: { kind: 'luma', syncEnabled: true, status: 'ok' } },
          },
          select: { id: true, link: { select: { calendarId: true } } },
          take: 5_000,
        });
        const requests = events.map(({ id, link }) => ({
          payload: { eventId: id, assignCoupons: false, sendEmails: false, approvalStatus: null },
          trigger: 'scheduled' as const,
          actor: 'schedule',
          eventId: id,
          calendarId: link?.calendarId ?? null,
        }));
        return (await enqueueOperations(tx, guestPull, requests)).length;
      });
    },
  };
}

export type CalendarSyncStore = ReturnType<typeof createCalendarSyncStore>;

function scheduleForCalendars(db: Database, definition: typeof calendarPull | typeof driftCheck, spreadMs: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    const calendars = await tx.calendar.findMany({
      where: { kind: 'luma', syncEnabled: true, apiKeyCipher: { not: null } },
      orderBy: { createdAt: 'asc' },
      select: { id: true },
    });
    const requests = calendars.map(({ id }, index) => ({
      payload: { calendarId: id },
      trigger: 'scheduled' as const,
      actor: 'schedule',
      calendarId: id,
      runAfter: new Date(Date.now() + Math.floor((index * spreadMs) / calendars.length)),
    }));
    return (await enqueueOperations(tx, definition, requests)).length;
  });
}
