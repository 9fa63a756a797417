import { eventPush, PUSH_EXPECTED_MS } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { SYNC_EVENT_PARTS, type SyncEventWithLink, toSyncEvent, toSyncEventLink } from './event-records.js';

export async function findSyncEvent(db: Db, eventId: string): Promise<SyncEventWithLink | null> {
  const row = await db.event.findUnique({ where: { id: eventId }, include: SYNC_EVENT_PARTS });
  if (row === null) return null;
  return { event: toSyncEvent(row), link: row.link === null ? null : toSyncEventLink(row.link) };
}

/**
 * Our event for one of Luma's: by its id, else by the public address we reserved on that calendar. The second finds an
 * event of ours whose create is in flight or lost its answer, which a webhook may tell us of before the answer does.
 */
export async function findEventIdByLuma(
  db: Db,
  luma: { eventId: string; slug: string | null; calendarId: string },
): Promise<string | null> {
  const link = await db.eventLink.findFirst({
    where: {
      OR: [
        { lumaEventId: luma.eventId },
        ...(luma.slug === null ? [] : [{ slug: luma.slug, calendarId: luma.calendarId, lumaEventId: null }]),
      ],
    },
    select: { eventId: true },
  });
  return link?.eventId ?? null;
}

/**
 * Whether a push of the event was asked for within {@link PUSH_EXPECTED_MS}, and is queued or runs, and never parked.
 */
export async function isPushExpected(db: Db, eventId: string): Promise<boolean> {
  const live = await db.operation.findFirst({
    where: {
      dedupeKey: eventPush.dedupeKey({ eventId }),
      state: { in: ['queued', 'running'] },
      slowTries: 0,
      createdAt: { gt: new Date(Date.now() - PUSH_EXPECTED_MS) },
    },
    select: { id: true },
  });
  return live !== null;
}

/** Linked events of a calendar that have not ended before `endsAfter`, by id. */
export async function listLinkedEvents(
  db: Db,
  query: { calendarId: string; endsAfter: Date; afterId: string | null; limit: number },
): Promise<SyncEventWithLink[]> {
  const rows = await db.event.findMany({
    where: {
      endsAt: { gte: query.endsAfter },
      link: { calendarId: query.calendarId, lumaEventId: { not: null }, state: { notIn: ['source_deleted'] } },
      ...(query.afterId === null ? {} : { id: { gt: query.afterId } }),
    },
    orderBy: { id: 'asc' },
    take: query.limit,
    include: SYNC_EVENT_PARTS,
  });
  return rows.map((row) => ({ event: toSyncEvent(row), link: row.link === null ? null : toSyncEventLink(row.link) }));
}
