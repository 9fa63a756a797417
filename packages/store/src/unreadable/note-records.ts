import { createHash } from 'node:crypto';
import { READING_VERSION, withoutBearerKeys } from '@luma-sync/luma-contract';
import { type Database, type Db, inTransaction } from '../database.js';
import { type ErasedAddresses, NOBODY_ERASED } from '../personal-data/erased-addresses.js';
import { withoutErasedRecords } from '../personal-data/without-erased.js';
import { appendTimeline, type NewTimelineFact } from '../timeline/append-timeline.js';
import { toKeptRaw } from './kept-raw.js';

export type UnreadableKind = 'event' | 'guest';
/** `store`: it was read, and Postgres refused its values. */
export type UnreadableSource = 'list' | 'read' | 'webhook' | 'store';

/** A record that could not be read or stored, or not in full. */
export interface OddRecordNote {
  /** True: taken in without the noted fields. */
  isRead: boolean;
  notes: readonly { path: string; reason: string }[];
  identity: { id: string | null };
  raw: unknown;
}

/** What one answer or delivery showed. */
export interface NotedReading {
  kind: UnreadableKind;
  from: UnreadableSource;
  /** Luma's id of the event whose guests they are. */
  lumaEventId: string | null;
  /** Ids of records that were read. */
  readIds: readonly string[];
  odd: readonly OddRecordNote[];
}

/** Records without an id of which one calendar keeps no more: they cannot be told from each other for sure. */
const WITHOUT_ID_MAX = 200;
/** Of one record; the first ones tell what is wrong with it. */
const PROBLEMS_MAX = 20;

/**
 * Keeps what could not be read or stored, and closes what is read in full again. The same record is one row however
 * often it is seen, and is told of in the timeline once: when it is first seen, when something else is wrong with it,
 * and when it is read.
 *
 * @param erased People of whom nothing is kept.
 */
export function noteReading(
  db: Database,
  calendarId: string,
  reading: NotedReading,
  erased: Pick<ErasedAddresses, 'find'> = NOBODY_ERASED,
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const odd = await withoutErasedRecords(tx, erased, reading.odd);
    const kept = await keepOdd(tx, calendarId, { ...reading, odd });
    const facts = [...kept, ...(await closeRead(tx, calendarId, reading))];
    await appendTimeline(tx, facts);
  });
}

/** Whether anything of the calendar is open: a process that knows there is nothing has nothing to close. */
export async function hasOpenUnreadable(db: Db, calendarId: string): Promise<boolean> {
  const row = await db.unreadableRecord.findFirst({ where: { calendarId, resolvedAt: null }, select: { id: true } });
  return row !== null;
}

interface Row {
  lumaId: string | null;
  recordKey: string;
  lumaEventId: string | null;
  isTaken: boolean;
  problems: { path: string; reason: string }[];
  raw: unknown;
  isRawWhole: boolean;
}

function toRow({ kind, lumaEventId }: NotedReading, { identity, isRead, notes, raw }: OddRecordNote): Row {
  const kept = toKeptRaw(withoutBearerKeys(raw));
  return {
    lumaId: identity.id,
    recordKey:
      identity.id ??
      `sha256:${createHash('sha256')
        .update(JSON.stringify(raw) ?? '')
        .digest('hex')}`,
    lumaEventId: kind === 'event' ? identity.id : lumaEventId,
    isTaken: isRead,
    problems: notes.slice(0, PROBLEMS_MAX).map(({ path, reason }) => ({ path: path.slice(0, 200), reason })),
    raw: kept.raw,
    isRawWhole: kept.isWhole,
  };
}

async function keepOdd(tx: Db, calendarId: string, reading: NotedReading): Promise<NewTimelineFact[]> {
  const rows = new Map(reading.odd.map((odd) => toRow(reading, odd)).map((row) => [row.recordKey, row]));
  if (rows.size === 0) return [];
  const { kind, from } = reading;
  const known = await tx.unreadableRecord.findMany({
    where: { calendarId, kind, recordKey: { in: [...rows.keys()] } },
    select: { recordKey: true, resolvedAt: true, problems: true, isTaken: true },
  });
  const byKey = new Map(known.map((row) => [row.recordKey, row]));
  let room =
    WITHOUT_ID_MAX - (await tx.unreadableRecord.count({ where: { calendarId, lumaId: null, resolvedAt: null } }));
  const kept = [...rows.values()].filter((row) => row.lumaId !== null || byKey.has(row.recordKey) || room-- > 0);
  await tx.$executeRaw`
    insert into unreadable_records as u
      (calendar_id, kind, luma_id, record_key, luma_event_id, is_taken, source, problems, raw, is_raw_whole,
        reading_version)
    select ${calendarId}::uuid, ${kind}, "lumaId", "recordKey", "lumaEventId", "isTaken", ${from}, problems, raw,
      "isRawWhole", ${READING_VERSION}::int
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as g(
      "lumaId" text, "recordKey" text, "lumaEventId" text, "isTaken" boolean, problems jsonb, raw jsonb,
        "isRawWhole" boolean)
    order by "recordKey"
    on conflict (calendar_id, kind, record_key) do update set luma_event_id = coalesce(excluded.luma_event_id,
      u.luma_event_id),
      is_taken = excluded.is_taken, source = excluded.source, problems = excluded.problems, raw = excluded.raw,
      is_raw_whole = excluded.is_raw_whole, reading_version = excluded.reading_version, seen_last = now(),
      seen_since = case when u.resolved_at is null then u.seen_since else now() end,
      seen_count = u.seen_count + 1, resolved_at = null`;
  const news = kept.filter((row) => {
    const before = byKey.get(row.recordKey);
    return (
      before === undefined ||
      before.resolvedAt !== null ||
      before.isTaken !== row.isTaken ||
      JSON.stringify(before.problems) !== JSON.stringify(row.problems)
    );
  });
  return tell(tx, calendarId, news, ({ lumaId, isTaken, problems }) => ({
    fact: 'record-unreadable',
    kind,
    lumaId,
    isTaken,
    problems,
    via: from,
  }));
}

/** A list and a single read show different fields: each closes what it has shown itself. */
async function closeRead(tx: Db, calendarId: string, reading: NotedReading): Promise<NewTimelineFact[]> {
  const oddIds = new Set(reading.odd.map(({ identity }) => identity.id));
  const readIds = reading.readIds.filter((id) => !oddIds.has(id));
  if (readIds.length === 0) return [];
  const { kind, from } = reading;
  const closed = await tx.$queryRaw<{ lumaId: string; lumaEventId: string | null }[]>`
    update unreadable_records set resolved_at = now(), raw = null
    where resolved_at is null and luma_id = any(${readIds}::text[]) and calendar_id = ${calendarId}::uuid
      and kind = ${kind}
      and (source = ${from} or (source = 'webhook' and ${from} <> 'store'))
    returning luma_id as "lumaId", luma_event_id as "lumaEventId"`;
  return tell(tx, calendarId, closed, ({ lumaId }) => ({ fact: 'record-readable', kind, lumaId, via: from }));
}

/** In the story of the event it belongs to; of the calendar, where we have no such event. */
async function tell<R extends { lumaEventId: string | null }>(
  tx: Db,
  calendarId: string,
  rows: readonly R[],
  toFact: (row: R) => NewTimelineFact['fact'],
): Promise<NewTimelineFact[]> {
  if (rows.length === 0) return [];
  const links = await tx.eventLink.findMany({
    where: { lumaEventId: { in: rows.flatMap(({ lumaEventId }) => lumaEventId ?? []) } },
    select: { eventId: true, lumaEventId: true },
  });
  const eventIds = new Map(links.map(({ eventId, lumaEventId }) => [lumaEventId, eventId]));
  return rows.map((row) => {
    const eventId = row.lumaEventId === null ? undefined : eventIds.get(row.lumaEventId);
    const about =
      eventId === undefined
        ? { recordType: 'calendar' as const, recordId: calendarId }
        : { recordType: 'event' as const, recordId: eventId };
    return { ...about, fact: toFact(row) };
  });
}
