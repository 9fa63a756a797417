import type { Db } from '../database.js';

/** Keeps whom a page showed, in the commit that merges them. Repeating a page changes nothing. */
export async function noteGuestPage(
  tx: Db,
  page: { operationId: string; page: number; guestIds: readonly string[]; unreadIds: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`
    insert into guest_pages (operation_id, page, guest_ids, unread_ids)
    values (${page.operationId}::uuid, ${page.page}::int, ${[...page.guestIds]}::text[], ${[...page.unreadIds]}::text[])
    on conflict (operation_id, page) do update set guest_ids = excluded.guest_ids, unread_ids = excluded.unread_ids`;
}

/** Guests whom a list showed and nobody can read, as far as they can be told. */
export interface ShownUnread {
  lumaGuestIds: readonly string[];
  /** Lower case. */
  emails: readonly string[];
}

/** Luma's ids of guests of ours that those entries are. */
export async function findShownUnread(db: Db, eventId: string, unread: ShownUnread): Promise<string[]> {
  if (unread.emails.length === 0) return [...unread.lumaGuestIds];
  const links = await db.rsvpLink.findMany({
    where: {
      lumaGuestId: { not: null },
      rsvp: { eventId, person: { email: { in: [...unread.emails] } } },
    },
    select: { lumaGuestId: true },
  });
  return [...unread.lumaGuestIds, ...links.flatMap(({ lumaGuestId }) => lumaGuestId ?? [])];
}

/** The pull is over. Also deletes what given-up pulls left, once no run can continue them. */
export async function forgetGuestPages(tx: Db, operationId: string): Promise<void> {
  await tx.$executeRaw`
    delete from guest_pages where operation_id = ${operationId}::uuid or created_at < now() - interval '3 days'`;
}

export interface MissingGuests {
  /** Guests we know there, the missing ones included. */
  total: number;
  /** RSVPs of those whom no page showed. */
  missing: string[];
}

/**
 * Compares whom a complete listing showed with whom we know. Who came, or was looked at, after it began is none of its
 * business.
 */
export async function findMissingGuests(
  db: Db,
  listing: { eventId: string; operationId: string; startedAt: Date },
): Promise<MissingGuests> {
  const missing = await db.$queryRaw<{ rsvpId: string }[]>`
    with shown as (select distinct unnest(guest_ids || unread_ids) as guest_id from guest_pages
      where operation_id = ${listing.operationId}::uuid)
    select l.rsvp_id as "rsvpId"
    from rsvps r join rsvp_links l on l.rsvp_id = r.id left join shown on shown.guest_id = l.luma_guest_id
    where r.event_id = ${listing.eventId}::uuid and l.luma_guest_id is not null and shown.guest_id is null
      and l.state in ('pulled', 'synced', 'push_failed')
      and l.created_at < ${listing.startedAt}::timestamptz and l.observed_at < ${listing.startedAt}::timestamptz
    order by l.rsvp_id`;
  const [known] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from rsvp_links l join rsvps r on r.id = l.rsvp_id
    where r.event_id = ${listing.eventId}::uuid and l.luma_guest_id is not null and l.state <> 'removed'`;
  return { total: known?.count ?? 0, missing: missing.map(({ rsvpId }) => rsvpId) };
}
