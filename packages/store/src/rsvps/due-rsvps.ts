import { type DueRsvp, rsvpLinks } from '@luma-sync/domain';
import type { Db } from '../database.js';

type Marks = 'isSkipped' | 'isOfAnother' | 'isOwnAnswer';

/**
 * RSVPs of an event whose answer Luma does not have yet, oldest first. As `rsvpLinks.isDue` and `rsvpLinks.toDueRsvp`.
 */
export async function listDueRsvps(db: Db, query: { eventId: string; limit: number }): Promise<DueRsvp[]> {
  const rows = await db.$queryRaw<(Omit<DueRsvp, Marks> & Record<Marks, boolean>)[]>`
    select r.id as "rsvpId", r.person_id as "personId", coalesce(p.email, p.claimed_email) as email, p.name,
      r.status::text as status, r.revision,
      l.luma_guest_id as "lumaGuestId", l.base, coalesce(l.pushed_revision, 0) as "pushedRevision",
        l.asked_at as "askedAt", coalesce(l.asked_revision, 0) as "askedRevision", l.asked_email as "askedEmail",
          l.accepted_at as "acceptedAt",
      coalesce(l.confirm_tries, 0) as "confirmTries", coalesce(l.state::text, 'pending_push') as state,
        coalesce(l.decided_by::text, 'unknown') as "decidedBy",
      coalesce(l.luma_guest_id is null and l.accepted_at is null and l.asked_at > now() - ${rsvpLinks.ADD_ARRIVES_MS} *
        interval '1 millisecond', false) as "mayArrive",
      coalesce(l.last_error->>'code' = ${rsvpLinks.SKIPPED_BY_LUMA.code}, false) as "isSkipped",
      coalesce(l.own_answer_revision, 0) >= r.revision as "isOwnAnswer",
      p.claimed_email is not null and exists (
        select 1 from people o join rsvps s on s.person_id = o.id and s.event_id = r.event_id join rsvp_links k
          on k.rsvp_id = s.id
        where o.email = p.claimed_email and k.luma_guest_id is not null) as "isOfAnother"
    from rsvps r join people p on p.id = r.person_id left join rsvp_links l on l.rsvp_id = r.id
    where r.event_id = ${query.eventId}::uuid and r.status <> 'interested'
      and (l.id is null or l.state in ('pending_push', 'unconfirmed'))
    order by r.updated_at, r.id
    limit ${query.limit}`;
  return rows.map(({ isSkipped, isOfAnother, isOwnAnswer, ...rsvp }) => ({
    ...rsvp,
    ...(isSkipped ? { isSkipped } : {}),
    ...(isOfAnother ? { isOfAnother } : {}),
    ...(isOwnAnswer ? { isOwnAnswer } : {}),
  }));
}

/** Guests Luma is known to have on the event: what a full listing would cost. */
export function countLinkedGuests(db: Db, eventId: string): Promise<number> {
  return db.rsvpLink.count({ where: { lumaGuestId: { not: null }, rsvp: { eventId } } });
}
