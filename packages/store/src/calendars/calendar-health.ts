import type { Db } from '../database.js';
import { wakeCalendarOperations } from '../operations/wake.js';
import { toRow } from '../timeline/append-timeline.js';
import type { CalendarStatus } from './calendar-record.js';
import { clearFailedTests } from './connection-test.js';

/**
 * Notes how Luma treats a key, for every calendar that uses it. Writes nothing when it stands so already. A pause set
 * by an operator stays.
 *
 * @returns the calendars whose status changed.
 */
export async function setStatusOfKey(
  db: Db,
  fingerprint: string,
  status: Extract<CalendarStatus, 'ok' | 'auth_failed' | 'plan_inactive'>,
  reason: string | null,
): Promise<string[]> {
  const told = toRow({ recordType: 'calendar', recordId: '', fact: { fact: 'calendar-status', status, reason } });
  const changed = await db.$queryRaw<{ id: string }[]>`
    with changed as (
      update calendars set status = ${status}::calendar_status, status_reason = ${reason}, status_since = now(),
        updated_at = now()
      where api_key_fingerprint = ${fingerprint} and status <> ${status}::calendar_status and status <> 'paused'
        -- A key that works does not help a calendar whose events are on another one at Luma.
        and not (${status} = 'ok' and coalesce(luma_calendar_id <> key_luma_calendar_id, false))
      returning id
    ), told as (
      insert into timeline (record_type, record_id, fact, details)
      select 'calendar', id, ${told.fact}, ${told.details}::jsonb from changed
    )
    select id from changed`;
  const ids = changed.map(({ id }) => id);
  if (status === 'ok') {
    await clearFailedTests(db, fingerprint);
    await wakeCalendarOperations(db, ids);
  }
  return ids;
}

/**
 * Lets one operation through to a calendar that Luma refused, to see whether the key works again; for everybody else
 * the wait goes on.
 *
 * @returns true for one caller per `everyMs`.
 */
export async function claimProbe(db: Db, calendarId: string, everyMs: number): Promise<boolean> {
  const claimed = await db.$executeRaw`
    update calendars set probed_at = now()
    where id = ${calendarId}::uuid and status in ('auth_failed', 'plan_inactive')
      -- A try from before this refusal says nothing of it.
      and greatest(probed_at, status_since) <= now() - ${everyMs} * interval '1 ms'`;
  return claimed > 0;
}
