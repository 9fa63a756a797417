import { driftCheck, guestPull } from '@luma-sync/jobs';
import {
  appendTimeline,
  type Db,
  type EnqueuedOperation,
  enqueueOperation,
  findLinkedCalendarId,
  lockRemovalQuestion,
  type RemovalAnswer,
  type RemovalQuestion,
  storeRemovalAnswer,
  type Tx,
} from '@luma-sync/store';

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
  const before = await lockRemovalQuestion(tx, id);
  if (before === null) return { kind: 'unknown' };
  if (before.settledAt !== null || before.answer !== null) return { kind: 'not-open', question: before };
  const question = await storeRemovalAnswer(tx, before, { answer, actor });
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
  const calendarId = await findLinkedCalendarId(tx, scopeId);
  if (calendarId === null) return null;
  const payload = { eventId: scopeId, assignCoupons: false, sendEmails: false, approvalStatus: null };
  return enqueueOperation(tx, guestPull, payload, {
    trigger: 'manual',
    actor,
    eventId: scopeId,
    calendarId,
  });
}
