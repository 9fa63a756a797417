import type { CommandResult, PutEventResult } from '@luma-sync/store';
import { notFound, Problem } from '../../http/problem.js';

type Refusal = Exclude<CommandResult, { kind: 'done' }> | Exclude<PutEventResult, { kind: 'stored' }>;

export function toEventProblem(refusal: Refusal): Problem {
  switch (refusal.kind) {
    case 'unknown':
      return notFound('event');
    case 'unknown-calendar':
      return unknownReference('calendarId', 'calendar');
    case 'unknown-organization':
      return unknownReference('organizationId', 'organization');
    case 'calendar-pinned':
      return new Problem(
        409,
        'event.calendar_pinned',
        `the event is at Luma through calendar ${refusal.calendarId} and stays there`,
      );
    case 'cancelled':
      return new Problem(409, 'event.cancelled', 'the event is cancelled; approve it first to bring it back');
    case 'read-only':
      return new Problem(409, 'event.read_only', 'the event belongs to somebody else; it is only followed here');
    case 'not-approved':
      return new Problem(409, 'event.not_approved', 'the event has not been approved');
    case 'already-approved':
      return new Problem(409, 'event.already_approved', 'the event was approved already; cancel it instead');
    case 'not-linked':
      return new Problem(409, 'event.not_linked', 'Luma does not have the event yet');
  }
}

/** 422: the body is what does not fit. */
export function unknownReference(path: string, what: string): Problem {
  return new Problem(422, 'request.unknown_reference', `there is no such ${what}`, {
    errors: [{ path, message: `there is no such ${what}` }],
  });
}
