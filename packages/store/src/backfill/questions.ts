import { requestEventPush } from '../app-events/request-push.js';
import type { Db, Tx } from '../database.js';
import type { BackfillQuestion, Prisma } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import type { EnqueuedOperation } from '../operations/enqueue.js';
import { calendarsWithin, type Reach } from '../reach/reach.js';
import { appendTimeline } from '../timeline/append-timeline.js';

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

export type Answering =
  | { kind: 'answered'; question: QuestionRecord; operation: EnqueuedOperation | null }
  | { kind: 'unknown' }
  /** One of the two is tied to something else by now; that is not undone from here. */
  | { kind: 'too-late' };

/**
 * Keeps a person's answer and acts on it: `link` asks for the push that ties the two, `keep_apart` for the one that
 * creates our event, as soon as nothing else is asked about it. Answering again changes it, until the event is linked;
 * of several that say `link` the newest counts.
 */
export async function answerBackfillQuestion(
  tx: Tx,
  id: string,
  { answer, actor }: { answer: BackfillAnswer; actor: string },
): Promise<Answering> {
  const about = await tx.backfillQuestion.findUnique({ where: { id }, select: { eventId: true, lumaEventId: true } });
  if (about === null) return { kind: 'unknown' };
  const { eventId, lumaEventId } = about;
  // In one order, so that two people who answer at once do not wait for each other for ever.
  await tx.$queryRaw`
    select id from backfill_questions where event_id = ${eventId}::uuid or luma_event_id = ${lumaEventId} order by id for update`;
  if (await isTooLate(tx, about, answer)) return { kind: 'too-late' };
  if (answer === 'link') {
    await tx.backfillQuestion.updateMany({
      where: { id: { not: id }, answer: 'link', settledAt: null, OR: [{ eventId }, { lumaEventId }] },
      data: { answer: null, answeredBy: null, answeredAt: null },
    });
  }
  const question = await tx.backfillQuestion.update({
    where: { id },
    data: { answer, answeredBy: actor, answeredAt: new Date(), settledAt: null },
    include: WITH_EVENT,
  });
  await appendTimeline(tx, [
    { recordType: 'event', recordId: eventId, actor, fact: { fact: 'event-compared', lumaEventId, answer } },
  ]);
  const isDue = answer === 'link' || !(await isEventInDoubt(tx, eventId));
  const request = { pinnedCalendarId: question.calendarId, trigger: 'manual', actor } as const;
  const operation = isDue ? await requestEventPush(tx, { id: eventId, calendarId: null }, request) : null;
  return { kind: 'answered', question, operation };
}

async function isTooLate(
  tx: Db,
  { eventId, lumaEventId }: { eventId: string; lumaEventId: string },
  answer: BackfillAnswer,
): Promise<boolean> {
  const isLinked = { eventId, lumaEventId: { not: null } };
  const isOfAnother = { lumaEventId, event: { externalId: { not: null } } };
  // That the two differ can be answered also when another event of ours has Luma's.
  const where = answer === 'link' ? { OR: [isLinked, isOfAnother] } : isLinked;
  return (await tx.eventLink.count({ where })) > 0;
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

/** Whether this event of ours may be at Luma already, under a record that a person has to look at first. */
export async function isEventInDoubt(tx: Db, eventId: string): Promise<boolean> {
  const count = await tx.backfillQuestion.count({
    where: { eventId, settledAt: null, OR: [{ answer: null }, { answer: 'link' }] },
  });
  return count > 0;
}
