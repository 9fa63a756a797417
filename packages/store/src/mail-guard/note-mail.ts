import type { MailDecision } from '@luma-sync/domain';
import type { MailPurpose } from '../generated/client.js';
import type { NewTimelineFact } from '../timeline/append-timeline.js';

export interface MailNote {
  purpose: MailPurpose;
  eventId: string;
  decision: MailDecision;
  /** Of the permit, what this request uses. */
  uses: number;
  /** The RSVPs the request speaks of; null when it is the event itself. */
  rsvpIds: readonly string[] | null;
}

/** The decision as it stands in the story of each record it concerns. */
export function toMailEntries(note: MailNote, operationId: string): NewTimelineFact[] {
  const { eventId, purpose, decision } = note;
  const { allowed, recipients, permitId, reason } = decision;
  const common: Pick<NewTimelineFact, 'eventId' | 'operationId' | 'fact'> = {
    eventId,
    operationId,
    fact: { fact: 'mail-decided', reason, mail: { purpose, allowed, recipients, permitId } },
  };
  if (note.rsvpIds === null) return [{ ...common, recordType: 'event', recordId: eventId }];
  return note.rsvpIds.map((recordId) => ({ ...common, recordType: 'rsvp', recordId }));
}
