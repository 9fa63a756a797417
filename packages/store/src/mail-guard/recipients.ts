import type { Db } from '../database.js';

/**
 * Guests whom Luma would tell about a change of an event: all we know there but those who declined. Rather one too many
 * than one too few: whether Luma also tells people who were only invited is not documented.
 */
export async function countGuestsToTell(db: Db, eventId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count
    from rsvps r join rsvp_links l on l.rsvp_id = r.id
    where r.event_id = ${eventId}::uuid and l.luma_guest_id is not null and l.state <> 'removed'
      and coalesce(l.base ->> 'luma', '') <> 'declined'`;
  return row?.count ?? 0;
}

/**
 * People whose answer would be sent to Luma for the first time (`planRsvpPush`) because of a command that is not their
 * own: they waited for an event to be approved, say. Each gets one mail, where the calendar lets Luma mail. Also those
 * of whom an earlier answer is on its way: when it has arrived, the newer one is sent as any other; added once more
 * they are not mailed, and are one too many here.
 *
 * @param planned RSVPs that are about to be sent for the first time as they were read: they count also when they say
 *   something else by now.
 */
export async function countFirstSendings(db: Db, eventId: string, planned: readonly string[] = []): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count
    from rsvps r join people p on p.id = r.person_id left join rsvp_links l on l.rsvp_id = r.id
    where r.event_id = ${eventId}::uuid and r.status <> 'interested' and (l.id is null or l.state = 'pending_push')
      and coalesce(l.asked_revision, 0) < r.revision and coalesce(l.own_answer_revision, 0) < r.revision
        and r.id <> all(${planned}::uuid[])
      -- Nobody at Luma to say no to.
      and (l.luma_guest_id is not null or (coalesce(p.email, p.claimed_email) is not null
        and r.status not in ('rejected', 'cancelled')))`;
  return planned.length + (row?.count ?? 0);
}
