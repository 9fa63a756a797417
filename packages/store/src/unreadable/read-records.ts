import type { Db } from '../database.js';
import type { Prisma, UnreadableRecord } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import { calendarsWithin, type Reach } from '../reach/reach.js';
import type { UnreadableKind, UnreadableSource } from './note-records.js';

/** A record of Luma's that could not be read or stored, or not in full. */
export interface UnreadableView {
  id: string;
  calendarId: string;
  kind: UnreadableKind;
  lumaId: string | null;
  lumaEventId: string | null;
  /** The app's id of the event, or ours; null when we have no such event. */
  eventKey: string | null;
  /** True: taken in without the fields that `problems` names. */
  isTaken: boolean;
  source: UnreadableSource;
  problems: { path: string; reason: string }[];
  seenSince: Date;
  seenLast: Date;
  seenCount: number;
  resolvedAt: Date | null;
}

export interface UnreadableQuery {
  calendarId?: string | undefined;
  /** Ours. */
  eventId?: string | undefined;
  kind?: UnreadableKind | undefined;
  state?: 'open' | 'resolved' | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** Those seen last come first. */
export async function listUnreadable(db: Db, query: UnreadableQuery): Promise<UnreadableView[]> {
  const { after, calendarId, eventId, kind, state } = query;
  const link = eventId === undefined ? undefined : await db.eventLink.findUnique({ where: { eventId } });
  if (link === null) return [];
  const where: Prisma.UnreadableRecordWhereInput = {
    AND: [calendarsWithin(query.reach ?? null)],
    ...(calendarId === undefined ? {} : { calendarId }),
    ...(link === undefined ? {} : { lumaEventId: link.lumaEventId ?? '' }),
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { resolvedAt: state === 'open' ? null : { not: null } }),
    ...(after === undefined ? {} : olderThan('seenLast', after)),
  };
  const orderBy = [{ seenLast: 'desc' as const }, { id: 'desc' as const }];
  const rows = await db.unreadableRecord.findMany({ where, orderBy, take: query.limit, omit: { raw: true } });
  return toViews(db, rows);
}

/** @returns null when there is none. `raw` names people. */
export async function findUnreadable(db: Db, id: string): Promise<{ view: UnreadableView; raw: unknown } | null> {
  const row = await db.unreadableRecord.findUnique({ where: { id } });
  if (row === null) return null;
  const [view] = await toViews(db, [row]);
  return view === undefined ? null : { view, raw: row.raw };
}

/** Open ones of each calendar that has any. */
export async function countOpenUnreadable(db: Db): Promise<{ calendarId: string; name: string; count: number }[]> {
  return db.$queryRaw`
    select c.id as "calendarId", c.name, count(*)::int as count
    from unreadable_records u join calendars c on c.id = u.calendar_id
    where u.resolved_at is null group by c.id, c.name order by c.name`;
}

async function toViews(db: Db, rows: readonly Omit<UnreadableRecord, 'raw'>[]): Promise<UnreadableView[]> {
  const links = await db.eventLink.findMany({
    where: { lumaEventId: { in: rows.flatMap(({ lumaEventId }) => lumaEventId ?? []) } },
    select: { lumaEventId: true, event: { select: { id: true, externalId: true } } },
  });
  const keys = new Map(links.map(({ lumaEventId, event }) => [lumaEventId, event.externalId ?? event.id]));
  return rows.map(({ recordKey: _key, isRawWhole: _whole, readingVersion: _version, ...row }) => ({
    ...row,
    kind: row.kind as UnreadableKind,
    source: row.source as UnreadableSource,
    problems: row.problems as unknown as UnreadableView['problems'],
    eventKey: row.lumaEventId === null ? null : (keys.get(row.lumaEventId) ?? null),
  }));
}
