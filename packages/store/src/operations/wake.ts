import type { Db } from '../database.js';

/** Waits that end when Luma accepts a calendar's key again, or an operator lifts a pause. */
export const CALENDAR_WAITS = [
  'luma.auth_failed',
  'luma.plan_inactive',
  'calendar.auth_failed',
  'calendar.plan_inactive',
  'calendar.paused',
];

/** Lets everything go on that waited for these calendars, or is parked, now instead of at the end of its pause. */
export async function wakeCalendarOperations(tx: Db, calendarIds: readonly string[]): Promise<void> {
  if (calendarIds.length === 0) return;
  await tx.$executeRaw`
    update operations set run_after = now(), dispatch_at = now(), parked_at = null
    where calendar_id = any(${[...calendarIds]}::uuid[]) and state = 'queued'
      and (waiting_reason = any(${CALENDAR_WAITS}::text[]) or parked_at is not null)`;
}
