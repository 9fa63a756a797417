import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/**
 * Keeps that a connection test of a calendar failed, for another reason than a key that Luma refuses. It holds no work
 * up: the calendar says so until Luma answers its key again ({@link clearFailedTests}) or it is given another key.
 */
export async function noteFailedTest(
  db: Db,
  calendarId: string,
  { code, reason }: { code: string; reason: string },
): Promise<void> {
  const [noted] = await db.$queryRaw<{ isNew: boolean }[]>`
    update calendars c set test_failed_code = ${code}, test_failed_reason = ${reason},
      test_failed_since = coalesce(c.test_failed_since, now()), updated_at = now()
    from (select id, test_failed_code from calendars where id = ${calendarId}::uuid for update) before
    where c.id = before.id
    returning before.test_failed_code is distinct from ${code} as "isNew"`;
  if (noted?.isNew !== true) return;
  const fact = { fact: 'calendar-status', status: 'disconnected', reason } as const;
  await appendTimeline(db, [{ recordType: 'calendar', recordId: calendarId, fact }]);
}

/** Luma answered this key: what a test said before is over, for every calendar that uses it. */
export async function clearFailedTests(db: Db, fingerprint: string): Promise<void> {
  const cleared = await db.$queryRaw<{ id: string; isOk: boolean }[]>`
    update calendars set test_failed_code = null, test_failed_reason = null, test_failed_since = null,
      updated_at = now()
    where api_key_fingerprint = ${fingerprint} and test_failed_code is not null
    returning id, status = 'ok' as "isOk"`;
  const fact = { fact: 'calendar-status', status: 'connected', reason: null } as const;
  const entries = cleared.filter(({ isOk }) => isOk);
  await appendTimeline(
    db,
    entries.map(({ id: recordId }) => ({ recordType: 'calendar', recordId, fact })),
  );
}
