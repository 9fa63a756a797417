import type { Db } from '../database.js';
import { lockEventByKey } from '../events/event-key.js';
import { Prisma } from '../generated/client.js';
import { eventIdWithin, type Reach } from '../reach/reach.js';

/*
 * An answer that a command sent to Luma without mail, since more people than the calendar's limit would have been
 * mailed. The mail is held back: a person may confirm it while the answer is the same, Luma holds it, and the event is
 * not over. A newer answer has a mail of its own.
 *
 *   held --confirm--> confirmed --worker, at most once--> mailed
 *     '--discard, or a newer answer--> none
 */

/** Of RSVPs `r` with link `l`: its mail was held, and Luma has the guest. */
const IS_OF_LINK = Prisma.sql`
  l.mail_held_revision = r.revision and l.asked_revision >= r.revision and l.luma_guest_id is not null
    and l.state in ('synced', 'pulled')`;

/** Of event `e`, its link `k` and calendar `c`: a mail about an answer still makes sense. */
const IS_OF_EVENT = Prisma.sql`
  e.approval = 'approved' and e.ends_at > now() and k.luma_event_id is not null and k.state <> 'source_deleted'
    and c.mail_on_rsvp`;

/** Of all of them. */
export const IS_MAIL_HELD = Prisma.sql`${IS_OF_LINK} and ${IS_OF_EVENT}`;

/** What {@link IS_MAIL_HELD} speaks of. */
export const HELD_FROM = Prisma.sql`
  rsvp_links l join rsvps r on r.id = l.rsvp_id join events e on e.id = r.event_id
    join event_links k on k.event_id = e.id join calendars c on c.id = k.calendar_id`;

/** An event of which mails are held back. */
export interface HeldMails {
  eventId: string;
  externalId: string | null;
  title: string;
  calendarId: string;
  /** People whose mail waits for a person's word. */
  held: number;
  /** People whose mail was confirmed and is on its way. */
  confirmed: number;
  /** When the oldest of them was sent without mail. */
  since: Date;
}

export interface HeldMailsQuery {
  /** One event alone. */
  eventId?: string | undefined;
  calendarId?: string | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** By event, the one that waits longest first. */
export async function listHeldMails(
  db: Db,
  { eventId = null, calendarId = null, reach = null, after, limit }: Nullable<HeldMailsQuery>,
): Promise<HeldMails[]> {
  const conditions = [IS_OF_EVENT, eventIdWithin(reach, Prisma.sql`e.id`)];
  if (calendarId !== null) conditions.push(Prisma.sql`k.calendar_id = ${calendarId}::uuid`);
  if (after != null) conditions.push(Prisma.sql`(h.since, e.id) > (${after.at}::timestamptz, ${after.id}::uuid)`);
  // Links of which a mail is held are few: each answer is looked up by its key. Postgres would read all of them
  // (`offset 0`).
  return db.$queryRaw<HeldMails[]>`
    with h as materialized (
      select r.event_id, min(l.asked_at) as since, count(*) filter (where l.mail_confirmed_at is null)::int as held,
        count(*) filter (where l.mail_confirmed_at is not null)::int as confirmed
      from rsvp_links l cross join lateral (select * from rsvps where id = l.rsvp_id offset 0) r
      where l.mail_held_revision is not null and ${IS_OF_LINK} and (${eventId}::uuid is null
        or r.event_id = ${eventId}::uuid)
      group by r.event_id
    )
    select e.id as "eventId", e.external_id as "externalId", e.title, k.calendar_id as "calendarId", h.since, h.held,
      h.confirmed
    from h join events e on e.id = h.event_id join event_links k on k.event_id = e.id join calendars c
      on c.id = k.calendar_id
    where ${Prisma.join(conditions, ' and ')}
    order by h.since, e.id limit ${limit}`;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** The event of a key, and the RSVPs of which a mail is held. */
export interface LockedHeldMails {
  eventId: string;
  calendarId: string | null;
  rsvpIds: string[];
}

/** The event's row is held until the transaction ends: of two commands at once the second sees what the first did. */
export async function lockHeldMails(tx: Db, key: string): Promise<LockedHeldMails | null> {
  const eventId = await lockEventByKey(tx, key);
  if (eventId === null) return null;
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { calendarId: true } });
  const rows = await tx.$queryRaw<{ rsvpId: string }[]>`
    select l.rsvp_id as "rsvpId" from ${HELD_FROM}
    where e.id = ${eventId}::uuid and ${IS_MAIL_HELD} and l.mail_confirmed_at is null
    order by l.rsvp_id for update of l`;
  return { eventId, calendarId: link?.calendarId ?? null, rsvpIds: rows.map(({ rsvpId }) => rsvpId) };
}

export async function markMailsConfirmed(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`update rsvp_links set mail_confirmed_at = now() where rsvp_id = any(${[...rsvpIds]}::uuid[])`;
}

export async function dropHeldMails(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`update rsvp_links set mail_held_revision = null where rsvp_id = any(${[...rsvpIds]}::uuid[])`;
}
