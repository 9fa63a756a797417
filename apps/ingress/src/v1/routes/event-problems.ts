import type { CommandResult, PutEventResult } from '@luma-sync/application';
import { notFound, Problem, type ProblemDetails } from '../../http/problem.js';
import { bodyDoesNotFit } from '../../http/validate.js';

type Refusal = Exclude<CommandResult, { kind: 'done' }> | Exclude<PutEventResult, { kind: 'stored' }>;

export function toEventProblem(refusal: Refusal): Problem {
  switch (refusal.kind) {
    case 'unknown':
      return notFound('event');
    case 'absent':
      return new Problem(412, 'event.absent', 'there is no such event, and the request asks for one that exists');
    case 'unknown-calendar':
      return unknownReference('calendarId', 'calendar');
    case 'unknown-organization':
      return unknownReference('organizationId', 'organization');
    case 'no-timezone':
      return bodyDoesNotFit([{ path: 'timezone', message: 'is missing: its calendar has no default time zone' }]);
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
    case 'confirm-recipients':
      return confirmationRequired(refusal.recipients, 'known_guests');
    case 'cancelled-for-good':
      return new Problem(
        409,
        'event.cancelled_for_good',
        'the event was cancelled at Luma and is gone there; make a new one',
      );
    case 'not-linked':
      return new Problem(409, 'event.not_linked', 'Luma does not have the event yet');
  }
}

/**
 * Where a number of people comes from: our own records, which may lack guests that Luma has not shown yet, or Luma's
 * word.
 */
const COUNTED_BY = {
  known_guests: 'counted among the people known here; Luma may have guests that no webhook or pull has shown yet',
  luma: 'as Luma counts them',
};

/** 409, until the command says that so many people, or more, may be mailed. */
export function confirmationRequired(
  recipients: number,
  countedBy: keyof typeof COUNTED_BY,
  more: ProblemDetails = {},
): Problem {
  const people = `${recipients} ${recipients === 1 ? 'person' : 'people'}`;
  const title = `${people} would be mailed (${COUNTED_BY[countedBy]}); nothing was done`;
  return new Problem(409, 'mail.confirmation_required', title, {
    errors: [{ path: 'confirmRecipients', message: `send ${recipients} if they are to be mailed` }],
    details: { recipients, countedBy, ...more },
  });
}

/** 422: the body is what does not fit. */
export function unknownReference(path: string, what: string): Problem {
  return new Problem(422, 'request.unknown_reference', `there is no such ${what}`, {
    errors: [{ path, message: `there is no such ${what}` }],
  });
}
