import type { Database, Db } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { addQuestions, type NewBackfillQuestion } from './questions.js';

/**
 * What is known of a calendar's events at Luma: `planned` by the backfill that is being carried out, `compared` with ours by an earlier one, or
 * nothing yet.
 */
export type CalendarKnown = 'planned' | 'compared' | 'new';

export async function howIsCalendarKnown(db: Db, calendarId: string): Promise<CalendarKnown> {
  const calendar = await db.calendar.findUnique({ where: { id: calendarId }, select: { backfilledAt: true } });
  return calendar?.backfilledAt == null ? 'new' : 'compared';
}

/** An event that began at Luma and that no app knows. */
export interface ImportedThere {
  lumaEventId: string;
  title: string;
  startsAt: Date;
  slug: string | null;
  url: string | null;
}

/** Beyond that nobody can tell by start and name which is which anyhow. */
const IMPORTED_MAX = 1_000;

/** Events taken in from a calendar that start in this time, both ends included. */
export async function listImportedThere(
  db: Db,
  { calendarId, from, to }: { calendarId: string; from: Date; to: Date },
): Promise<ImportedThere[]> {
  const rows = await db.event.findMany({
    where: {
      source: 'luma',
      ownership: 'created',
      externalId: null,
      startsAt: { gte: from, lte: to },
      link: { calendarId, lumaEventId: { not: null }, state: { not: 'source_deleted' } },
    },
    select: { title: true, startsAt: true, url: true, link: { select: { lumaEventId: true, slug: true } } },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: IMPORTED_MAX,
  });
  return rows.flatMap(({ link, ...event }) =>
    link?.lumaEventId == null ? [] : [{ ...event, lumaEventId: link.lumaEventId, slug: link.slug }],
  );
}

/** Asks a person which of Luma's events ours is, if any, and pins ours to the calendar it was looked for on. */
export function askOnFirstContact(
  db: Database,
  holder: LeaseHolder,
  {
    calendarId,
    eventId,
    questions,
  }: { calendarId: string; eventId: string; questions: readonly NewBackfillQuestion[] },
): Promise<void> {
  return fencedTransaction(db, holder, async (tx) => {
    await addQuestions(tx, calendarId, questions);
    await tx.eventLink.upsert({
      where: { eventId },
      create: { eventId, calendarId, state: 'pending_push' },
      update: {},
    });
    const lumaEventIds = questions.map(({ lumaEventId }) => lumaEventId);
    const { operationId } = holder;
    await appendTimeline(tx, [
      { recordType: 'event', recordId: eventId, operationId, fact: { fact: 'event-in-doubt', lumaEventIds } },
    ]);
  });
}
