import { rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperation } from '../operations/enqueue.js';

/**
 * Moves the answers and coupons of one person to another and removes the first. Where both answered the same event and
 * the second's answer was never sent, that becomes the newest word on the answer that Luma knows, and is pushed.
 *
 * @returns false, nothing moved, when both were at Luma for the same event, or both hold a code of the same pool: which
 *   one counts is not ours to guess.
 */
export async function absorbPerson(
  tx: Db,
  { keptId, absorbedId, actor }: { keptId: string; absorbedId: string; actor: string },
): Promise<boolean> {
  const [{ overlaps } = { overlaps: 0 }] = await tx.$queryRaw<{ overlaps: number }[]>`
    select ((select count(*) from rsvps a join rsvps b using (event_id) left join rsvp_links l on l.rsvp_id = a.id
         where a.person_id = ${keptId}::uuid and b.person_id = ${absorbedId}::uuid 
           and (l.luma_guest_id is not null or l.asked_at is not null))
      + (select count(*) from coupon_assignments a join coupon_assignments b using (pool_id)
         where a.person_id = ${keptId}::uuid and b.person_id = ${absorbedId}::uuid))::int as overlaps`;
  if (overlaps > 0) return false;
  await carryAnswers(tx, keptId, absorbedId, actor);
  await tx.rsvp.updateMany({ where: { personId: absorbedId }, data: { personId: keptId } });
  await tx.couponAssignment.updateMany({ where: { personId: absorbedId }, data: { personId: keptId } });
  await tx.person.delete({ where: { id: absorbedId } });
  return true;
}

/**
 * Of events that both answered: what the app stated goes into the answer that Luma knows, and the other row goes away
 * with its story.
 */
async function carryAnswers(tx: Db, keptId: string, absorbedId: string, actor: string): Promise<void> {
  const changed = await tx.$queryRaw<{ id: string; eventId: string; calendarId: string | null }[]>`
    update rsvps theirs set status = ours.status, stated = ours.stated, revision = theirs.revision + 1,
      updated_at = now()
    from rsvps ours join events e on e.id = ours.event_id left join event_links k on k.event_id = e.id
    where theirs.person_id = ${absorbedId}::uuid and ours.person_id = ${keptId}::uuid
      and ours.event_id = theirs.event_id
      and ours.stated is not null and ours.status <> 'interested'
    returning theirs.id, theirs.event_id as "eventId", coalesce(k.calendar_id, e.calendar_id) as "calendarId"`;
  await tx.$executeRaw`
    update timeline t set record_id = theirs.id
    from rsvps ours join rsvps theirs on theirs.event_id = ours.event_id and theirs.person_id = ${absorbedId}::uuid
    where t.record_id = ours.id and ours.person_id = ${keptId}::uuid`;
  await tx.$executeRaw`
    delete from rsvps ours using rsvps theirs
    where ours.person_id = ${keptId}::uuid and theirs.person_id = ${absorbedId}::uuid
      and theirs.event_id = ours.event_id`;
  if (changed.length === 0) return;
  // As a repeat: these answers are old, and the command is about another event, so nobody is mailed about them.
  await tx.$executeRaw`
    update rsvp_links l set state = 'pending_push', asked_revision = greatest(l.asked_revision, r.revision),
      updated_at = now()
    from rsvps r where r.id = l.rsvp_id and r.id = any(${changed.map(({ id }) => id)}::uuid[])`;
  for (const { eventId, calendarId } of changed)
    await enqueueOperation(tx, rsvpPush, { eventId }, { trigger: 'api', actor, eventId, calendarId });
}

/**
 * The address of a person of the app turns out to be somebody else's. What was added at Luma under it is no longer
 * theirs: the next look at those guests finds whose they are.
 */
export async function releaseEmail(tx: Db, personId: string): Promise<void> {
  await tx.$executeRaw`
    update rsvp_links l set luma_guest_id = null, base = null, observed_at = null, asked_at = null, asked_email = null,
      accepted_at = null,
      confirm_tries = 0, decided_by = 'unknown', state = 'unverified', last_error = null, updated_at = now()
    from rsvps r join people p on p.id = r.person_id
    where l.rsvp_id = r.id and p.id = ${personId}::uuid and coalesce(l.asked_email, p.email) = p.email`;
  await tx.$executeRaw`update people set claimed_email = email, email = null, updated_at = now()
      where id = ${personId}::uuid`;
}
