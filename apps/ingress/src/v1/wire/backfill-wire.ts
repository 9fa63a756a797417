import type { BackfillPlanRecord, BackfillStepRecord, QuestionRecord } from '@luma-sync/store';
import type { BackfillQuestionWire, BackfillStepWire, BackfillWire } from '../schemas/backfill.js';
import { toInstantText } from './instant-text.js';

export function toBackfillWire(plan: BackfillPlanRecord): BackfillWire {
  const { requests, perMinute, fingerprint: _fingerprint, startsAfter, createdAt, finishedAt, ...rest } = plan;
  return {
    ...rest,
    startsAfter: toInstantText(startsAfter),
    cost: { requests, perMinute, minutes: Math.ceil((requests / perMinute) * 10) / 10 },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export function toBackfillStepWire(step: BackfillStepRecord): BackfillStepWire {
  const { planId: _plan, basis: _basis, matchedBy, doneAt, ...rest } = step;
  return {
    ...rest,
    matchedBy: matchedBy as BackfillStepWire['matchedBy'],
    doneAt: doneAt?.toISOString() ?? null,
  };
}

export function toQuestionWire(question: QuestionRecord): BackfillQuestionWire {
  const { id, calendarId, eventId, lumaEventId, event, answer, answeredBy, answeredAt, createdAt } = question;
  // Written only by the store, from the same shape.
  const shown = question.shown as { title: string; startsAt: string; url: string | null };
  return {
    id,
    calendarId,
    reason: question.reason as BackfillQuestionWire['reason'],
    event: { id: eventId, externalId: event.externalId, title: event.title, startsAt: toInstantText(event.startsAt) },
    luma: { eventId: lumaEventId, ...shown },
    answer,
    answeredBy,
    answeredAt: answeredAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
