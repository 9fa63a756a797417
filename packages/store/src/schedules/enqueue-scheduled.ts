import { calendarPull, driftCheck, guestPull } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';

const SCHEDULED = { trigger: 'scheduled', actor: 'schedule' } as const;

/** One pull per calendar with a key, spread over `spreadMs` so that budgets are not hit at once. @returns how many. */
export function enqueueCalendarPulls(tx: Db, spreadMs: number): Promise<number> {
  return enqueueForCalendars(tx, calendarPull, spreadMs);
}

/** As {@link enqueueCalendarPulls}, for drift checks. */
export function enqueueDriftChecks(tx: Db, spreadMs: number): Promise<number> {
  return enqueueForCalendars(tx, driftCheck, spreadMs);
}

async function enqueueForCalendars(
  tx: Db,
  definition: typeof calendarPull | typeof driftCheck,
  spreadMs: number,
): Promise<number> {
  const calendars = await tx.calendar.findMany({
    where: { kind: 'luma', syncEnabled: true, apiKeyCipher: { not: null } },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  });
  const requests = calendars.map(({ id }, index) => ({
    ...SCHEDULED,
    payload: { calendarId: id },
    calendarId: id,
    runAfter: new Date(Date.now() + Math.floor((index * spreadMs) / calendars.length)),
  }));
  return (await enqueueOperations(tx, definition, requests)).length;
}

/** More events than this at once would fill the queue for hours; the nearest come first. */
const GUEST_PULLS_MAX = 1_000;

/**
 * One guest pull per linked event that starts within `horizonMs` or is under way. A schedule assigns no coupons and mails nobody: that takes a
 * person or the app.
 */
export async function enqueueGuestPulls(tx: Db, horizonMs: number): Promise<number> {
  const now = Date.now();
  const events = await tx.event.findMany({
    where: {
      startsAt: { lte: new Date(now + horizonMs) },
      endsAt: { gte: new Date(now) },
      ownership: 'created',
      link: {
        lumaEventId: { not: null },
        state: { not: 'source_deleted' },
        calendar: { kind: 'luma', syncEnabled: true, status: 'ok' },
      },
    },
    orderBy: { startsAt: 'asc' },
    select: { id: true, link: { select: { calendarId: true } } },
    take: GUEST_PULLS_MAX,
  });
  const requests = events.map(({ id, link }) => ({
    ...SCHEDULED,
    payload: { eventId: id, assignCoupons: false, sendEmails: false, approvalStatus: null },
    eventId: id,
    calendarId: link?.calendarId ?? null,
  }));
  return (await enqueueOperations(tx, guestPull, requests)).length;
}
