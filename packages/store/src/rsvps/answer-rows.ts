import type { RsvpStatus } from '@luma-sync/domain';
import { asUuid } from '../as-uuid.js';
import type { Db } from '../database.js';
import type { Written } from './write-answer.js';

/** What the app last stated stays: repeating that does not undo the decision. */
export async function writeDecision(tx: Db, id: string, status: RsvpStatus): Promise<Written> {
  const [written] = await tx.$queryRaw<{ revision: number }[]>`
    update rsvps set status = ${status}::rsvp_status, revision = revision + 1, updated_at = now()
    where id = ${id}::uuid and status <> ${status}::rsvp_status
    returning revision`;
  return { id, status, revision: written?.revision ?? 0, isChanged: written !== undefined };
}

/**
 * Luma has to hear of the answer.
 *
 * @param sentRevision Revision that counts as sent; 0: none.
 * @param ownRevision  Revision of an answer to an event that was public; 0: none.
 */
export async function requestAnswerPush(
  tx: Db,
  rsvpId: string,
  { sentRevision, ownRevision }: { sentRevision: number; ownRevision: number },
): Promise<void> {
  await tx.$executeRaw`
    insert into rsvp_links as l (rsvp_id, state, asked_revision, own_answer_revision)
    values (${rsvpId}::uuid, 'pending_push', ${sentRevision}, ${ownRevision})
    on conflict (rsvp_id) do update set state = 'pending_push', last_error = null, updated_at = now(),
      asked_revision = greatest(l.asked_revision, excluded.asked_revision),
      own_answer_revision = greatest(l.own_answer_revision, excluded.own_answer_revision)`;
}

/** What a command on an answer reads of its event. */
export interface EventOfRsvp {
  id: string;
  approval: string;
  /** Where it is pinned, else where the app wants it. */
  calendarId: string | null;
}

/** Finds it by the app's id, else by ours. */
export async function findEventOfRsvp(tx: Db, key: string): Promise<EventOfRsvp | null> {
  const [row] = await tx.$queryRaw<EventOfRsvp[]>`
    select e.id, e.approval::text as approval, coalesce(l.calendar_id, e.calendar_id) as "calendarId"
    from events e left join event_links l on l.event_id = e.id
    where e.external_id = ${key} or e.id = ${asUuid(key)}::uuid
    order by (e.external_id = ${key}) desc nulls last limit 1`;
  return row ?? null;
}

export async function findRsvpId(tx: Db, eventId: string, personId: string): Promise<string | null> {
  const rsvp = await tx.rsvp.findUnique({ where: { eventId_personId: { eventId, personId } }, select: { id: true } });
  return rsvp?.id ?? null;
}

/** An answer chosen in a conflict. It counts as sent: sending it is a repeat, which mails nobody. */
export async function putAnswerQuietly(tx: Db, rsvpId: string, status: RsvpStatus): Promise<void> {
  const { revision } = await tx.rsvp.update({
    where: { id: rsvpId },
    data: { status, revision: { increment: 1 } },
    select: { revision: true },
  });
  await tx.rsvpLink.updateMany({ where: { rsvpId }, data: { state: 'pending_push', askedRevision: revision } });
}
