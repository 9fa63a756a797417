import { calendarPull, guestPull } from '@luma-sync/jobs';
import { lumaEventSchema, lumaGuestSchema, READING_VERSION, readRecord } from '@luma-sync/luma-contract';
import type { Db } from '../database.js';
import { enqueueOperation } from '../operations/enqueue.js';

/** Records looked at in one slot. */
const BATCH_MAX = 500;

/**
 * Tries records again that an earlier version of our reading could not read. The kept copy tells whether this version
 * can; what is stored is read at Luma, since the copy may be old.
 *
 * @returns how many pulls were asked for.
 */
export async function enqueueRereads(tx: Db, readingVersion = READING_VERSION): Promise<number> {
  const rows = await tx.unreadableRecord.findMany({
    where: { resolvedAt: null, readingVersion: { lt: readingVersion }, source: { not: 'store' } },
    orderBy: [{ seenLast: 'desc' }, { id: 'asc' }],
    take: BATCH_MAX,
  });
  if (rows.length === 0) return 0;
  await tx.unreadableRecord.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: { readingVersion },
  });
  const readable = rows.filter(({ kind, raw, isRawWhole, isTaken, problems }) => {
    if (!isRawWhole) return true;
    const reading = readRecord(kind === 'event' ? lumaEventSchema : lumaGuestSchema, raw);
    return reading.ok && (!isTaken || reading.notes.length < (problems as unknown[]).length);
  });
  const links = await tx.eventLink.findMany({
    where: {
      lumaEventId: { in: readable.flatMap(({ kind, lumaEventId }) => (kind === 'guest' ? (lumaEventId ?? []) : [])) },
    },
    select: { eventId: true, calendarId: true },
  });
  const calendarIds = new Set(readable.flatMap(({ kind, calendarId }) => (kind === 'event' ? calendarId : [])));
  const asked = { trigger: 'scheduled', actor: 'schedule' } as const;
  for (const { eventId, calendarId } of links) {
    const payload = { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null };
    await enqueueOperation(tx, guestPull, payload, { ...asked, eventId, calendarId });
  }
  for (const calendarId of calendarIds)
    await enqueueOperation(tx, calendarPull, { calendarId }, { ...asked, calendarId });
  return links.length + calendarIds.size;
}
