import type { Database, Db } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { addQuestions, type NewBackfillQuestion } from './questions.js';

/** Whether an applied backfill has compared a calendar's events at Luma with ours. */
export type DiscoveryState = 'compared' | 'new';

export async function findDiscoveryState(db: Db, calendarId: string): Promise<DiscoveryState> {
  const calendar = await db.calendar.findUnique({ where: { id: calendarId }, select: { backfilledAt: true } });
  return calendar?.backfilledAt == null ? 'new' : 'compared';
}

/** An event at Luma, as far as it is compared. */
export interface AdoptionCandidate {
  lumaEventId: string;
  title: string;
  startsAt: Date;
  slug: string | null;
  url: string | null;
}

/** Asks a person which of Luma's events ours is, if any, and pins ours to the calendar it was looked for on. */
export function askBeforeAdoption(
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
