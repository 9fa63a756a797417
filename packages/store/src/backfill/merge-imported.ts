import type { Db } from '../database.js';

/**
 * Makes one of two records of the same event: `from`, as imported from Luma, and `into`, as the app stated it. Guests,
 * hosts, coupons and history move along; who is on both lists keeps the app's answer, with Luma's guest tied to it.
 * Then `from` is gone.
 */
export async function mergeImportedEvent(tx: Db, { from, into }: { from: string; into: string }): Promise<void> {
  // Both answers of one person: the app's stays and is compared with Luma's when it is pushed.
  await tx.$executeRaw`
    delete from rsvp_links l using rsvps ours
    where l.rsvp_id = ours.id and ours.event_id = ${into}::uuid and l.luma_guest_id is null
      and exists (select 1 from rsvps theirs join rsvp_links t on t.rsvp_id = theirs.id
        where theirs.event_id = ${from}::uuid and theirs.person_id = ours.person_id)`;
  await tx.$executeRaw`
    update rsvp_links l set rsvp_id = ours.id, pushed_revision = 0, asked_revision = 0, asked_at = null,
      state = 'pending_push', updated_at = now()
    from rsvps theirs join rsvps ours on ours.person_id = theirs.person_id and ours.event_id = ${into}::uuid
    where l.rsvp_id = theirs.id and theirs.event_id = ${from}::uuid
      and not exists (select 1 from rsvp_links other where other.rsvp_id = ours.id)`;
  await tx.$executeRaw`
    update rsvps ours set kind = coalesce(ours.kind, theirs.kind), checked_in_at = coalesce(ours.checked_in_at,
      theirs.checked_in_at),
      registered_at = coalesce(ours.registered_at, theirs.registered_at),
      tickets = case when ours.tickets = '[]'::jsonb then theirs.tickets else ours.tickets end,
      answers = coalesce(ours.answers, theirs.answers), updated_at = now()
    from rsvps theirs
    where ours.event_id = ${into}::uuid and theirs.event_id = ${from}::uuid and theirs.person_id = ours.person_id`;
  await tx.$executeRaw`
    update timeline t set record_id = ours.id
    from rsvps theirs join rsvps ours on ours.person_id = theirs.person_id and ours.event_id = ${into}::uuid
    where t.record_id = theirs.id and theirs.event_id = ${from}::uuid`;
  await tx.$executeRaw`
    update conflicts c set record_id = ours.id
    from rsvps theirs join rsvps ours on ours.person_id = theirs.person_id and ours.event_id = ${into}::uuid
    where c.record_id = theirs.id and c.record_type = 'rsvp' and theirs.event_id = ${from}::uuid`;
  await tx.$executeRaw`
    delete from rsvps theirs using rsvps ours
    where theirs.event_id = ${from}::uuid and ours.event_id = ${into}::uuid and ours.person_id = theirs.person_id`;
  await tx.$executeRaw`update rsvps set event_id = ${into}::uuid where event_id = ${from}::uuid`;
  await tx.$executeRaw`
    update event_hosts h set event_id = ${into}::uuid
    where event_id = ${from}::uuid and not exists (
      select 1 from event_hosts o where o.event_id = ${into}::uuid and o.luma_user_id = h.luma_user_id)`;
  await tx.$executeRaw`
    insert into coupon_pool_events (pool_id, event_id)
    select pool_id, ${into}::uuid from coupon_pool_events where event_id = ${from}::uuid on conflict do nothing`;
  await tx.$executeRaw`update coupon_assignments set event_id = ${into}::uuid where event_id = ${from}::uuid`;
  await tx.$executeRaw`
    update timeline set event_id = ${into}::uuid, record_id = case when record_id = ${from}::uuid then ${into}::uuid
      else record_id end
    where event_id = ${from}::uuid`;
  await tx.$executeRaw`update conflicts set record_id = ${into}::uuid where record_id = ${from}::uuid`;
  await tx.$executeRaw`update conflicts set event_id = ${into}::uuid where event_id = ${from}::uuid`;
  // Its link goes with it: the tie to Luma is made anew, to the event that stays.
  await tx.event.delete({ where: { id: from } });
}
