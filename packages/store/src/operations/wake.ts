import type { Db } from '../database.js';

/** Waits that end when Luma accepts a calendar's key again, or an operator lifts a pause. */
export const CALENDAR_WAITS = [
  'luma.auth_failed',
  'luma.plan_inactive',
  'calendar.auth_failed',
  'calendar.plan_inactive',
  'calendar.paused',
  'calendar.secret_unreadable',
];

/** Lets everything go on that waited for these calendars, or is parked, now instead of at the end of its pause. */
export async function wakeCalendarOperations(tx: Db, calendarIds: readonly string[]): Promise<void> {
  if (calendarIds.length === 0) return;
  await tx.$executeRaw`
    update operations o set run_after = now(), dispatch_at = now(), parked_at = null
    where o.state = 'queued' and (o.waiting_reason = any(${CALENDAR_WAITS}::text[]) or o.parked_at is not null)
      -- An operation that was accepted before its event was pinned names no calendar.
      and coalesce(o.calendar_id, (
        select coalesce(l.calendar_id, e.calendar_id) from events e left join event_links l on l.event_id = e.id
          where e.id = o.event_id
      )) = any(${[...calendarIds]}::uuid[])`;
}
