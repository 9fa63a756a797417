import {
  appendTimeline,
  type BackfillAnswer,
  type EnqueuedOperation,
  isEventInDoubt,
  isEventLinked,
  isLumaEventTaken,
  lockQuestionPair,
  type QuestionPair,
  type QuestionRecord,
  storeBackfillAnswer,
  type Tx,
  withdrawOtherLinks,
} from '@luma-sync/store';
import { requestEventPush } from '../events/request-push.js';

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
  const pair = await lockQuestionPair(tx, id);
  if (pair === null) return { kind: 'unknown' };
  const { eventId, lumaEventId } = pair;
  if (await isTooLate(tx, pair, answer)) return { kind: 'too-late' };
  if (answer === 'link') await withdrawOtherLinks(tx, id, pair);
  const question = await storeBackfillAnswer(tx, id, { answer, actor });
  await appendTimeline(tx, [
    { recordType: 'event', recordId: eventId, actor, fact: { fact: 'event-compared', lumaEventId, answer } },
  ]);
  const isDue = answer === 'link' || !(await isEventInDoubt(tx, eventId));
  const request = { pinnedCalendarId: question.calendarId, trigger: 'manual', actor } as const;
  const operation = isDue ? await requestEventPush(tx, { id: eventId, calendarId: null }, request) : null;
  return { kind: 'answered', question, operation };
}

/** That the two differ can be answered also when another event of ours has Luma's. */
async function isTooLate(tx: Tx, { eventId, lumaEventId }: QuestionPair, answer: BackfillAnswer): Promise<boolean> {
  if (await isEventLinked(tx, eventId)) return true;
  return answer === 'link' && (await isLumaEventTaken(tx, lumaEventId));
}
