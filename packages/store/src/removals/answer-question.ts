import { driftCheck, guestPull } from '@luma-sync/jobs';
import type { Db, Tx } from '../database.js';
import { type EnqueuedOperation, enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { RemovalAnswer, RemovalQuestion } from './questions.js';

export type AnsweredQuestion =
  | { kind: 'answered'; question: RemovalQuestion; operation: EnqueuedOperation | null }
  | { kind: 'unknown' }
  /** Somebody answered it, or the records came back. */
  | { kind: 'not-open'; question: RemovalQuestion };

/**
 * Stores what a person says of records that are missing all at once. `remove` starts a new listing, which reads each of
 * them once more and removes those that are really gone; `keep` leaves them as they are, unasked, until Luma shows them
 * again.
 */
export async function answerRemovalQuestion(
  tx: Tx,
  id: string,
  { answer, actor }: { answer: RemovalAnswer; actor: string },
): Promise<AnsweredQuestion> {
  await tx.$executeRaw`select id from removal_questions where id = ${id}::uuid for update`;
  const before = await tx.removalQuestion.findUnique({ where: { id } });
  if (before === null) return { kind: 'unknown' };
  if (before.settledAt !== null || before.answer !== null) return { kind: 'not-open', question: before };
  const now = new Date();
  const question = await tx.removalQuestion.update({
    where: { id },
    data: {
      answer,
      answeredBy: actor,
      answeredAt: now,
      updatedAt: now,
      ...(answer === 'keep' ? { settledAt: now } : {}),
    },
  });
  if (answer === 'keep') {
    await tx.absence.updateMany({
      where: { recordType: before.recordType, recordId: { in: before.recordIds } },
      data: { keptAt: now },
    });
  }
  await note(tx, before, answer, actor);
  return { kind: 'answered', question, operation: answer === 'keep' ? null : await relist(tx, before, actor) };
}

async function note(tx: Db, question: RemovalQuestion, answer: RemovalAnswer, actor: string): Promise<void> {
  const { recordType, missing, total, id: questionId } = question;
  await appendTimeline(tx, [
    {
      recordType: recordType === 'rsvp' ? 'event' : 'calendar',
      recordId: question.scopeId,
      actor,
      fact: { fact: 'removal-answered', recordType, missing, total, answer, questionId },
    },
  ]);
}

async function relist(
  tx: Db,
  { recordType, scopeId }: RemovalQuestion,
  actor: string,
): Promise<EnqueuedOperation | null> {
  if (recordType === 'event') {
    return enqueueOperation(tx, driftCheck, { calendarId: scopeId }, { trigger: 'manual', actor, calendarId: scopeId });
  }
  const link = await tx.eventLink.findUnique({ where: { eventId: scopeId }, select: { calendarId: true } });
  if (link === null) return null;
  const payload = { eventId: scopeId, assignCoupons: false, sendEmails: false, approvalStatus: null };
  return enqueueOperation(tx, guestPull, payload, {
    trigger: 'manual',
    actor,
    eventId: scopeId,
    calendarId: link.calendarId,
  });
}
