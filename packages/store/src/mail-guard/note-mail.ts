import type { MailPurpose } from '../generated/client.js';
import type { NewTimelineEntry } from '../timeline/append-timeline.js';

/** Whether Luma may mail people about one request, decided before it is sent. */
export interface MailDecision {
  allowed: boolean;
  /** People it would mail. */
  recipients: number;
  /** One sentence for an operator. */
  reason: string;
  /** The word that lets so many be mailed; null when none was needed, or none helps. */
  permitId: string | null;
}

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
export function toMailEntries(note: MailNote, operationId: string): NewTimelineEntry[] {
  const { eventId, purpose, decision } = note;
  const { allowed, recipients, permitId, reason } = decision;
  const common = {
    eventId,
    kind: 'decided' as const,
    actor: 'luma-sync',
    operationId,
    message: reason,
    details: { mail: { purpose, allowed, recipients, permitId } },
  };
  if (note.rsvpIds === null) return [{ ...common, recordType: 'event', recordId: eventId }];
  return note.rsvpIds.map((recordId) => ({ ...common, recordType: 'rsvp', recordId }));
}
