import type { Db } from '../database.js';
import { type SyncEventWithLink, toSyncEvent, toSyncEventLink } from '../events/event-records.js';

/** More would not fit into one plan that a person reads. */
const BACKFILL_EVENTS_MAX = 5_000;

/**
 * Approved events of the app that Luma does not have as far as we know, and that this calendar may take: pinned to it,
 * asked for it, or free for routing to decide. By start.
 *
 * @returns at most {@link BACKFILL_EVENTS_MAX} and one more, which tells that there are too many.
 */
export async function listUnlinkedEvents(
  db: Db,
  { calendarId, startsAfter, startsUntil }: { calendarId: string; startsAfter: Date; startsUntil?: Date },
): Promise<SyncEventWithLink[]> {
  const rows = await db.event.findMany({
    where: {
      source: 'app',
      ownership: 'created',
      approval: 'approved',
      startsAt: { gte: startsAfter, ...(startsUntil === undefined ? {} : { lte: startsUntil }) },
      OR: [{ link: { calendarId, lumaEventId: null } }, { link: null, OR: [{ calendarId }, { calendarId: null }] }],
    },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    include: { link: true },
    take: BACKFILL_EVENTS_MAX + 1,
  });
  return rows.map((row) => ({ event: toSyncEvent(row), link: row.link === null ? null : toSyncEventLink(row.link) }));
}

/** Who has one of Luma's events here. */
export interface HeldEvent {
  eventId: string;
  calendarId: string;
  /**
   * True for our record of an event that began at Luma and that no app knows: it may turn out to be one of the app's.
   */
  isImported: boolean;
}

export async function findHeldEvents(db: Db, lumaEventIds: readonly string[]): Promise<Map<string, HeldEvent>> {
  const links = await db.eventLink.findMany({
    where: { lumaEventId: { in: [...lumaEventIds] } },
    select: {
      lumaEventId: true,
      eventId: true,
      calendarId: true,
      event: { select: { source: true, externalId: true, ownership: true } },
    },
  });
  return new Map(
    links.map(({ lumaEventId, eventId, calendarId, event }) => [
      lumaEventId as string,
      {
        eventId,
        calendarId,
        isImported: event.source === 'luma' && event.externalId === null && event.ownership === 'created',
      },
    ]),
  );
}
