import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** What a key opens at Luma, against what our calendar stands for. */
export type CalendarOfKey =
  | { kind: 'fits' }
  /** It is one calendar at Luma under two names here. */
  | { kind: 'shared' }
  /** Our events are on another one: nothing may be read or sent with this key. `isNews`: nobody was told yet. */
  | { kind: 'other'; isNews: boolean }
  /** Another key was put in meanwhile. */
  | { kind: 'replaced' };

/**
 * Keeps what Luma says a key belongs to, in the caller's transaction. With the key of another calendar everything of
 * ours would look foreign or deleted there: while events are tied, such a key is refused like one that Luma does not
 * take. Where none is, the calendar becomes that of the key, and nothing that was known of the one before counts any
 * more.
 */
export async function noteCalendarOfKey(
  tx: Db,
  id: string,
  { fingerprint, lumaCalendarId }: { fingerprint: string; lumaCalendarId: string },
): Promise<CalendarOfKey> {
  await tx.$executeRaw`select id from calendars where id = ${id}::uuid for update`;
  const before = await tx.calendar.findUnique({ where: { id } });
  if (before === null || before.apiKeyFingerprint !== fingerprint) return { kind: 'replaced' };
  const update = (data: Parameters<typeof tx.calendar.update>[0]['data']) =>
    tx.calendar.update({ where: { id }, data: { ...data, keyLumaCalendarId: lumaCalendarId } });
  if (before.lumaCalendarId === lumaCalendarId) {
    await update({});
    return { kind: 'fits' };
  }
  const tied = before.lumaCalendarId === null ? 0 : await countTied(tx, id);
  if (tied > 0) {
    const isNews = before.keyLumaCalendarId !== lumaCalendarId;
    if (isNews) await refuse(tx, before, { lumaCalendarId, tied });
    await update({});
    return { kind: 'other', isNews };
  }
  const isHeld = (await tx.calendar.count({ where: { lumaCalendarId, id: { not: id } } })) > 0;
  await update({
    lumaCalendarId: isHeld ? null : lumaCalendarId,
    ...(before.lumaCalendarId === null ? {} : { backfilledAt: null, lastSyncedAt: null, unannouncedAt: null }),
  });
  return { kind: isHeld ? 'shared' : 'fits' };
}

/** Events that are at Luma, or may be. */
function countTied(tx: Db, calendarId: string): Promise<number> {
  return tx.eventLink.count({
    where: {
      calendarId,
      state: { not: 'source_deleted' },
      OR: [{ lumaEventId: { not: null } }, { createAskedAt: { not: null } }],
    },
  });
}

async function refuse(
  tx: Db,
  { id, status, lumaCalendarId: known }: { id: string; status: string; lumaCalendarId: string | null },
  { lumaCalendarId, tied }: { lumaCalendarId: string; tied: number },
): Promise<void> {
  const events = `${tied} ${tied === 1 ? 'event' : 'events'}`;
  const reason =
    `the key opens another calendar at Luma (${lumaCalendarId}) than the one that ${events} of ` +
    `this one are on (${known}); put in a key of that one, and add a calendar of its own for this key`;
  // A pause set by an operator stays.
  if (status !== 'paused') {
    const statusReason = reason;
    await tx.calendar.update({ where: { id }, data: { status: 'auth_failed', statusReason, statusSince: new Date() } });
  }
  const fact = { fact: 'calendar-status', status: 'auth_failed', reason } as const;
  await appendTimeline(tx, [{ recordType: 'calendar', recordId: id, fact }]);
}

/** Whether it is known that the calendar's present key opens another one at Luma. */
export function isOfAnotherCalendar({
  lumaCalendarId,
  keyLumaCalendarId,
}: {
  lumaCalendarId: string | null;
  keyLumaCalendarId: string | null;
}): boolean {
  return lumaCalendarId !== null && keyLumaCalendarId !== null && lumaCalendarId !== keyLumaCalendarId;
}
