import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

/*
 * Rows that are due and for which no operation is open, by their own state: whatever became of an earlier operation, or of its row, does not
 * matter. What was refused for good says so in its state, or by a dead letter that is newer than the row's last change.
 */

/** Enqueued in one sweep, of each kind. What is left comes five minutes later. */
const ROWS_MAX = 500;
/** Younger rows may belong to a transaction or a run that is about to end. */
const SETTLED = Prisma.sql`interval '1 minute'`;
/** What is over for longer is not sent any more by itself. */
const AFTER_END = Prisma.sql`interval '1 day'`;

/** No operation with this dedupe key waits or runs. Two partial indexes, so that each look costs two probes. */
const hasNoneOpen = (dedupeKey: Prisma.Sql): Prisma.Sql => Prisma.sql`
  not exists (select 1 from operations o where o.dedupe_key = ${dedupeKey} and o.state = 'queued')
  and not exists (select 1 from operations o where o.dedupe_key = ${dedupeKey} and o.state = 'running')`;

/** Codes of dead letters that earlier versions made of what is parked today. */
const PASSING = Prisma.sql`('operation.crashed', 'operation.deadline')`;

/** Refused for good, or discarded by a person, since the row changed last. */
const wasRefused = (job: string, eventId: Prisma.Sql, changedAt: Prisma.Sql): Prisma.Sql => Prisma.sql`
  exists (
    select 1 from operations f
    where f.event_id = ${eventId} and f.job = ${job} and f.finished_at >= ${changedAt}
      and (f.state = 'discarded' or (f.state = 'failed' and coalesce(f.error_code, '') not in ${PASSING})))`;

export interface DueEvent {
  eventId: string;
  calendarId: string | null;
}

export function findDueEvents(db: Db): Promise<DueEvent[]> {
  return db.$queryRaw<DueEvent[]>`
    select e.id as "eventId", coalesce(l.calendar_id, e.calendar_id) as "calendarId"
    from events e left join event_links l on l.event_id = e.id
    where e.ends_at > now() - ${AFTER_END} and e.ownership = 'created' and e.approval in ('approved', 'cancelled')
      and greatest(e.updated_at, l.updated_at) < now() - ${SETTLED}
      and (
        (l.id is null and e.approval = 'approved')
        or l.state = 'pending_push'
        or (l.state = 'push_failed' and l.last_error->>'code' in ${PASSING})
      )
      and ${hasNoneOpen(Prisma.sql`'event.push:' || e.id`)}
      and not ${wasRefused('event.push', Prisma.sql`e.id`, Prisma.sql`e.updated_at`)}
    order by e.starts_at, e.id limit ${ROWS_MAX}`;
}

/** Events whose answers are due. */
export function findEventsWithDueRsvps(db: Db): Promise<DueEvent[]> {
  return db.$queryRaw<DueEvent[]>`
    select e.id as "eventId", l.calendar_id as "calendarId"
    from rsvp_links rl
      join rsvps r on r.id = rl.rsvp_id
      join events e on e.id = r.event_id
      join event_links l on l.event_id = e.id
    where (rl.state in ('pending_push', 'unconfirmed') or (rl.state = 'push_failed' and rl.last_error->>'code' in ${PASSING}))
      and rl.updated_at < now() - ${SETTLED} and r.status <> 'interested'
      and e.ends_at > now() - ${AFTER_END} and l.luma_event_id is not null and l.state <> 'source_deleted'
      and ${hasNoneOpen(Prisma.sql`'rsvp.push:' || e.id`)}
      and not ${wasRefused('rsvp.push', Prisma.sql`e.id`, Prisma.sql`r.updated_at`)}
    group by e.id, l.calendar_id
    order by min(r.updated_at), e.id limit ${ROWS_MAX}`;
}

/** Answers that an earlier version gave up for a crash or for their deadline are due again. */
export async function reviveRsvps(db: Db, eventIds: readonly string[]): Promise<void> {
  await db.$executeRaw`
    update rsvp_links rl set state = 'pending_push', last_error = null
    from rsvps r
    where r.id = rl.rsvp_id and r.event_id = any(${[...eventIds]}::uuid[])
      and rl.state = 'push_failed' and rl.last_error->>'code' in ${PASSING}`;
}

export interface DueDelivery {
  deliveryId: string;
  recordKey: string;
  calendarId: string;
}

export function findDueDeliveries(db: Db): Promise<DueDelivery[]> {
  return db.$queryRaw<DueDelivery[]>`
    select d.id as "deliveryId", coalesce(d.record_key, d.id::text) as "recordKey", d.calendar_id as "calendarId"
    from webhook_deliveries d
    where d.state = 'pending' and d.received_at < now() - ${SETTLED} and d.raw_body is not null
      and ${hasNoneOpen(Prisma.sql`'inbox.apply:' || d.id`)}
    order by d.received_at, d.id limit ${ROWS_MAX}`;
}

export interface DueEmail {
  assignmentId: string;
  eventId: string;
}

/** Coupon codes that were given and whose mail has not gone out. One that may have gone out is a person's to settle. */
export function findDueCouponEmails(db: Db): Promise<DueEmail[]> {
  return db.$queryRaw<DueEmail[]>`
    select a.id as "assignmentId", a.event_id as "eventId"
    from messages m join coupon_assignments a on a.id = m.assignment_id join people p on p.id = a.person_id
    where (m.state = 'reserved' or (m.state = 'failed' and m.last_error->>'code' in ${PASSING}))
      and m.created_at < now() - ${SETTLED} and p.email is not null
      and ${hasNoneOpen(Prisma.sql`'coupon.email:' || a.id`)}
    order by m.created_at, m.id limit ${ROWS_MAX}`;
}
