import type { MailDecision } from '@luma-sync/domain';
import type { Db } from '../database.js';
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
  /**
   * Whether the mail about these revisions is held back for a person's word. Absent: as it was, since a repeat says
   * nothing of it.
   */
  hold?: { isHeld: boolean; rsvps: readonly { rsvpId: string; revision: number }[] };
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

/** Stores which answers are about to be sent without a mail that a person may confirm later, and which are not. */
export async function noteHold(tx: Db, { isHeld, rsvps }: NonNullable<MailNote['hold']>): Promise<void> {
  const rows = JSON.stringify(rsvps);
  if (isHeld)
    await tx.$executeRaw`
      insert into rsvp_links (rsvp_id, state, mail_held_revision, updated_at)
      select r.id, 'pending_push', g.revision, now()
      from jsonb_to_recordset(${rows}::jsonb) as g("rsvpId" uuid, revision int) join rsvps r on r.id = g."rsvpId"
      order by r.id
      on conflict (rsvp_id) do update set mail_held_revision = excluded.mail_held_revision, mail_confirmed_at = null`;
  else
    await tx.$executeRaw`
      update rsvp_links l set mail_held_revision = null, mail_confirmed_at = null
      from jsonb_to_recordset(${rows}::jsonb) as g("rsvpId" uuid)
      where l.rsvp_id = g."rsvpId" and l.mail_held_revision is not null`;
}
