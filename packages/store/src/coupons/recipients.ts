import type { Db } from '../database.js';

/**
 * People whose guest entry earns a coupon: approved at Luma when it was last seen.
 *
 * @param operationId Only guests this pull was shown, in the order they were shown; null: all we know of, oldest first.
 */
export async function listEarners(db: Db, eventId: string, operationId: string | null): Promise<string[]> {
  const rows = await db.$queryRaw<{ personId: string }[]>`
    with shown as (
      select min(page * 100000 + place) as place, guest_id
      from guest_pages cross join unnest(guest_ids) with ordinality as g (guest_id, place)
      where operation_id = ${operationId}::uuid
      group by guest_id
    )
    select r.person_id as "personId"
    from rsvps r join rsvp_links l on l.rsvp_id = r.id left join shown on shown.guest_id = l.luma_guest_id
    where r.event_id = ${eventId}::uuid and l.luma_guest_id is not null and l.state <> 'removed'
      and l.base ->> 'luma' = 'approved'
      and (${operationId}::uuid is null or shown.guest_id is not null)
    order by shown.place, r.created_at, r.id`;
  return rows.map(({ personId }) => personId);
}

/**
 * Of these people, those who would get a code and a mail about it now, in the same order: codes in stock and earlier
 * ones counted.
 *
 * @param mailAssigned Also those who have a code of the event and no mail about it.
 */
export async function findCouponRecipients(
  db: Db,
  eventId: string,
  personIds: readonly string[],
  mailAssigned = false,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ personId: string }[]>`
    with pools as (
      select e.pool_id as id,
        (select count(*) from coupon_codes c where c.pool_id = e.pool_id
          and not exists (select 1 from coupon_assignments a where a.code_id = c.id)) as free
      from coupon_pool_events e join events v on v.id = e.event_id
      where e.event_id = ${eventId}::uuid and v.approval <> 'cancelled'
    ), wanted as (
      select pools.free, p.id as person_id, p.address as email, a.place, row_number() over (partition by pools.id
        order by a.place) as number
      from unnest(${[...personIds]}::uuid[]) with ordinality as a (person_id, place)
        join (select id, coalesce(email, claimed_email) as address from people) p on p.id = a.person_id cross join pools
      where not exists (select 1 from coupon_assignments g where g.pool_id = pools.id and g.person_id in (
        select p.id union all select o.id from people o where o.email = p.address
        union all select o.id from people o where o.claimed_email = p.address))
    )
    select person_id as "personId" from (
      select person_id, place from wanted where number <= free and email is not null
      union all
      select p.id, asked.place
      from unnest(${[...personIds]}::uuid[]) with ordinality as asked (person_id, place)
        join people p on p.id = asked.person_id join coupon_assignments g on g.person_id = p.id
        join events v on v.id = g.event_id
      where ${mailAssigned}::boolean and g.event_id = ${eventId}::uuid and v.approval <> 'cancelled'
        and coalesce(p.email, p.claimed_email) is not null
        and not exists (select 1 from messages m where m.assignment_id = g.id)
    ) recipients
    group by person_id order by min(place)`;
  return rows.map(({ personId }) => personId);
}
