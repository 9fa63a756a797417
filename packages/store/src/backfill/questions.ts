import type { Db } from '../database.js';
import type { BackfillQuestion, Prisma } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import { calendarsWithin, type Reach } from '../reach/reach.js';

export type BackfillAnswer = NonNullable<BackfillQuestion['answer']>;
export type QuestionRecord = BackfillQuestion & { event: { externalId: string | null; title: string; startsAt: Date } };

const WITH_EVENT = { event: { select: { externalId: true, title: true, startsAt: true } } } as const;

/** Two events of which nobody can tell whether they are the same. */
export interface NewBackfillQuestion {
  eventId: string;
  lumaEventId: string;
  reason: string;
  /** What Luma showed. */
  shown: { title: string; startsAt: string; url: string | null };
}

/** Asks, or asks again; what was answered stays answered. */
export async function addQuestions(
  tx: Db,
  calendarId: string,
  questions: readonly NewBackfillQuestion[],
): Promise<void> {
  const asked = JSON.stringify(questions);
  await tx.$executeRaw`
    insert into backfill_questions (calendar_id, event_id, luma_event_id, reason, shown)
    select ${calendarId}::uuid, "eventId", "lumaEventId", reason, shown
    from jsonb_to_recordset(${asked}::jsonb) as q("eventId" uuid, "lumaEventId" text, reason text, shown jsonb)
    on conflict (event_id, luma_event_id) do update set
      calendar_id = excluded.calendar_id, reason = excluded.reason, shown = excluded.shown, settled_at = null
    where backfill_questions.answer is null`;
}

export interface QuestionQuery {
  calendarId?: string | undefined;
  /** `open`: asked and not answered. */
  state?: 'open' | 'answered' | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  before?: { at: Date; id: string } | undefined;
  limit: number;
}

/** Newest first; those that no longer are a doubt are left out. */
export function listBackfillQuestions(db: Db, query: QuestionQuery): Promise<QuestionRecord[]> {
  const { before } = query;
  const where: Prisma.BackfillQuestionWhereInput[] = [{ settledAt: null }, calendarsWithin(query.reach ?? null)];
  if (query.calendarId !== undefined) where.push({ calendarId: query.calendarId });
  if (query.state !== undefined) where.push({ answer: query.state === 'open' ? null : { not: null } });
  if (before !== undefined) where.push(olderThan('createdAt', before));
  return db.backfillQuestion.findMany({
    where: { AND: where },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: WITH_EVENT,
    take: query.limit,
  });
}

/** Every answer of a calendar, for the next plan. */
export async function listBackfillAnswers(
  db: Db,
  calendarId: string,
): Promise<{ eventId: string; lumaEventId: string; answer: BackfillAnswer }[]> {
  const rows = await db.backfillQuestion.findMany({
    where: { calendarId, answer: { not: null } },
    select: { eventId: true, lumaEventId: true, answer: true },
  });
  return rows.flatMap(({ answer, ...pair }) => (answer === null ? [] : [{ ...pair, answer }]));
}

/** The two events that a question is about. */
export interface QuestionPair {
  eventId: string;
  lumaEventId: string;
}

/**
 * Holds every question about either of the two until the transaction ends. They are locked in one order, so that two
 * people who answer at once do not wait for each other for ever.
 */
export async function lockQuestionPair(tx: Db, id: string): Promise<QuestionPair | null> {
  const pair = await tx.backfillQuestion.findUnique({ where: { id }, select: { eventId: true, lumaEventId: true } });
  if (pair === null) return null;
  await tx.$queryRaw`
    select id from backfill_questions where event_id = ${pair.eventId}::uuid or luma_event_id = ${pair.lumaEventId}
    order by id for update`;
  return pair;
}

/** Whether our event is linked at Luma. */
export async function isEventLinked(tx: Db, eventId: string): Promise<boolean> {
  return (await tx.eventLink.count({ where: { eventId, lumaEventId: { not: null } } })) > 0;
}

/** Whether Luma's event belongs to one of the app's. */
export async function isLumaEventTaken(tx: Db, lumaEventId: string): Promise<boolean> {
  return (await tx.eventLink.count({ where: { lumaEventId, event: { externalId: { not: null } } } })) > 0;
}

/** Of several answers that say `link`, the newest counts. */
export async function withdrawOtherLinks(tx: Db, id: string, { eventId, lumaEventId }: QuestionPair): Promise<void> {
  await tx.backfillQuestion.updateMany({
    where: { id: { not: id }, answer: 'link', settledAt: null, OR: [{ eventId }, { lumaEventId }] },
    data: { answer: null, answeredBy: null, answeredAt: null },
  });
}

export function storeBackfillAnswer(
  tx: Db,
  id: string,
  { answer, actor }: { answer: BackfillAnswer; actor: string },
): Promise<QuestionRecord> {
  return tx.backfillQuestion.update({
    where: { id },
    data: { answer, answeredBy: actor, answeredAt: new Date(), settledAt: null },
    include: WITH_EVENT,
  });
}

/** The event at Luma that a person said is this one, and the calendar it was found on; null when nobody did. */
export function findLinkAnswer(db: Db, eventId: string): Promise<{ calendarId: string; lumaEventId: string } | null> {
  return db.backfillQuestion.findFirst({
    where: { eventId, answer: 'link', settledAt: null },
    orderBy: { answeredAt: 'desc' },
    select: { calendarId: true, lumaEventId: true },
  });
}

/** The two are one: what was asked about either is not asked any more. */
export async function settleQuestionsAbout(
  tx: Db,
  { eventId, lumaEventId }: { eventId: string; lumaEventId: string },
): Promise<void> {
  await tx.backfillQuestion.updateMany({
    where: { answer: null, settledAt: null, OR: [{ eventId }, { lumaEventId }] },
    data: { settledAt: new Date() },
  });
}
