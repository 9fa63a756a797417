import { eventPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { BackfillQuestion, Prisma } from '../generated/client.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';

export type BackfillAnswer = NonNullable<BackfillQuestion['answer']>;
export type QuestionRecord = BackfillQuestion & { event: { externalId: string | null; title: string; startsAt: Date } };

const WITH_EVENT = { event: { select: { externalId: true, title: true, startsAt: true } } } as const;

export interface QuestionQuery {
  calendarId?: string | undefined;
  /** `open`: asked and not answered. */
  state?: 'open' | 'answered' | undefined;
  before?: { at: Date; id: string } | undefined;
  limit: number;
}

/** Newest first; those that no longer are a doubt are left out. */
export function listBackfillQuestions(db: Db, query: QuestionQuery): Promise<QuestionRecord[]> {
  const { before } = query;
  const where: Prisma.BackfillQuestionWhereInput[] = [{ settledAt: null }];
  if (query.calendarId !== undefined) where.push({ calendarId: query.calendarId });
  if (query.state !== undefined) where.push({ answer: query.state === 'open' ? null : { not: null } });
  if (before !== undefined)
    where.push({ OR: [{ createdAt: { lt: before.at } }, { createdAt: before.at, id: { lt: before.id } }] });
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

export type Answering = { kind: 'answered'; question: QuestionRecord } | { kind: 'unknown' } | { kind: 'too-late' };

/**
 * Keeps a person's answer; the next plan goes by it. Answering again changes it, until the two are linked. An event that is none of those it was
 * compared with goes to Luma as soon as nothing else is asked about it.
 */
export async function answerBackfillQuestion(
  tx: Db,
  id: string,
  { answer, actor }: { answer: BackfillAnswer; actor: string },
): Promise<Answering> {
  const [row] = await tx.$queryRaw<{ eventId: string; lumaEventId: string }[]>`
    select event_id as "eventId", luma_event_id as "lumaEventId" from backfill_questions where id = ${id}::uuid for update`;
  if (row === undefined) return { kind: 'unknown' };
  // Either of the two is tied to something by now; that is not undone from here.
  const linked = await tx.eventLink.count({
    where: {
      OR: [
        { eventId: row.eventId, lumaEventId: { not: null } },
        { lumaEventId: row.lumaEventId, event: { externalId: { not: null } } },
      ],
    },
  });
  if (linked > 0) return { kind: 'too-late' };
  const question = await tx.backfillQuestion.update({
    where: { id },
    data: { answer, answeredBy: actor, answeredAt: new Date(), settledAt: null },
    include: WITH_EVENT,
  });
  const words = answer === 'link' ? 'is this event' : 'is another event';
  await appendTimeline(tx, [
    {
      recordType: 'event',
      recordId: row.eventId,
      kind: 'decided',
      actor,
      message: `Luma's ${row.lumaEventId} ${words}.`,
    },
  ]);
  if (answer === 'keep_apart' && !(await isEventInDoubt(tx, row.eventId))) {
    const { calendarId, eventId } = question;
    await enqueueOperation(tx, eventPush, { eventId }, { trigger: 'manual', actor, eventId, calendarId });
  }
  return { kind: 'answered', question };
}

/** Whether this event of ours may be at Luma already, under a record that a person has to look at first. */
export async function isEventInDoubt(tx: Db, eventId: string): Promise<boolean> {
  const count = await tx.backfillQuestion.count({
    where: { eventId, settledAt: null, OR: [{ answer: null }, { answer: 'link' }] },
  });
  return count > 0;
}
