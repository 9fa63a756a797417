import { couponEmail, eventPush, inboxApply, type JobDefinition, rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { HELD_FROM, IS_MAIL_HELD } from '../mail-guard/held-mails.js';

/*
 * Rows that are due and for which no operation is open, by their own state: whatever became of an earlier operation, or
 * of its row, does not matter. What was refused for good says so in its state, or by a dead letter that is newer than
 * the row's last change.
 */

/** Enqueued in one sweep, of each kind. What is left comes five minutes later. */
const ROWS_MAX = 500;
/** Younger rows may belong to a transaction or a run that is about to end. */
const SETTLED = Prisma.sql`interval '1 minute'`;
/** What is over for longer is not sent any more by itself. */
const AFTER_END = Prisma.sql`interval '1 day'`;

/** By then every record was listed anew, so an older delivery that failed tells nothing, and may be wrong by now. */
const NEWS_UNTIL = Prisma.sql`interval '7 days'`;

/** No operation with this dedupe key waits or runs. Two partial indexes, so that each look costs two probes. */
const hasNoneOpen = (dedupeKey: Prisma.Sql): Prisma.Sql => Prisma.sql`
  not exists (select 1 from operations o where o.dedupe_key = ${dedupeKey} and o.state = 'queued')
  and not exists (select 1 from operations o where o.dedupe_key = ${dedupeKey} and o.state = 'running')`;

/** Codes of dead letters that earlier versions made of what is parked today. */
const PASSING = Prisma.sql`('operation.crashed', 'operation.deadline')`;

type Job = Pick<JobDefinition, 'name' | 'attempts'>;

/**
 * The dead letter `f` was given up by an earlier version though nothing was refused for good: the last of its attempts
 * failed, or a passing cause ended it. Today such an operation is parked. The last attempt is not counted in its row.
 */
const wasGivenUp = ({ name, attempts }: Job): Prisma.Sql => Prisma.sql`
  f.state = 'failed' and f.job = ${name} and (f.error_code in ${PASSING} or f.attempts >= ${attempts - 1})`;

/** Refused for good, or discarded by a person, since the row changed last. */
const wasRefused = (job: Job, eventId: Prisma.Sql, changedAt: Prisma.Sql): Prisma.Sql => Prisma.sql`
  exists (
    select 1 from operations f
    where f.event_id = ${eventId} and f.job = ${job.name} and f.finished_at >= ${changedAt}
      and (f.state = 'discarded' or (f.state = 'failed' and not coalesce(${wasGivenUp(job)}, false))))`;

/**
 * The row bears the error code of such a dead letter. @param dedupeKey Of the operation that the row needs; it belongs
 * to the event.
 */
const isGivenUp = (
  job: Job,
  of: { eventId: Prisma.Sql; dedupeKey: Prisma.Sql; code: Prisma.Sql },
): Prisma.Sql => Prisma.sql`
  (${of.code} in ${PASSING}
    or exists (
      select 1 from operations f
      where f.event_id = ${of.eventId} and f.dedupe_key = ${of.dedupeKey} and f.error_code = ${of.code}
        and ${wasGivenUp(job)}))`;

export interface DueEvent {
  eventId: string;
  calendarId: string | null;
}

const EVENT_PUSH = Prisma.sql`'event.push:' || e.id`;
const IS_EVENT_GIVEN_UP = isGivenUp(eventPush, {
  eventId: Prisma.sql`e.id`,
  dedupeKey: EVENT_PUSH,
  code: Prisma.sql`l.last_error->>'code'`,
});

export function findDueEvents(db: Db): Promise<DueEvent[]> {
  return db.$queryRaw<DueEvent[]>`
    select e.id as "eventId", coalesce(l.calendar_id, e.calendar_id) as "calendarId"
    from events e left join event_links l on l.event_id = e.id
    where e.ends_at > now() - ${AFTER_END} and e.ownership = 'created' and e.approval in ('approved', 'cancelled')
      and greatest(e.updated_at, l.updated_at) < now() - ${SETTLED}
      and (
        (l.id is null and e.approval = 'approved')
        or l.state = 'pending_push'
        or (l.state = 'push_failed' and ${IS_EVENT_GIVEN_UP})
      )
      and ${hasNoneOpen(EVENT_PUSH)}
      and not ${wasRefused(eventPush, Prisma.sql`e.id`, Prisma.sql`e.updated_at`)}
    order by e.starts_at, e.id limit ${ROWS_MAX}`;
}

const RSVP_PUSH = Prisma.sql`'rsvp.push:' || r.event_id`;
const RSVP_GIVEN_UP = {
  eventId: Prisma.sql`r.event_id`,
  dedupeKey: RSVP_PUSH,
  code: Prisma.sql`rl.last_error->>'code'`,
};
const IS_RSVP_GIVEN_UP = Prisma.sql`(rl.state = 'push_failed' and ${isGivenUp(rsvpPush, RSVP_GIVEN_UP)})`;

/** Events whose answers are due. */
export function findEventsWithDueRsvps(db: Db): Promise<DueEvent[]> {
  return db.$queryRaw<DueEvent[]>`
    select e.id as "eventId", l.calendar_id as "calendarId"
    from rsvp_links rl
      join rsvps r on r.id = rl.rsvp_id
      join events e on e.id = r.event_id
      join event_links l on l.event_id = e.id
    where (rl.state in ('pending_push', 'unconfirmed') or ${IS_RSVP_GIVEN_UP})
      and rl.updated_at < now() - ${SETTLED} and r.status <> 'interested'
      and e.ends_at > now() - ${AFTER_END} and l.luma_event_id is not null and l.state <> 'source_deleted'
      and ${hasNoneOpen(Prisma.sql`'rsvp.push:' || e.id`)}
      and not ${wasRefused(rsvpPush, Prisma.sql`e.id`, Prisma.sql`r.updated_at`)}
    group by e.id, l.calendar_id
    order by min(r.updated_at), e.id limit ${ROWS_MAX}`;
}

/** Events of which mails were confirmed and not asked for yet. */
export function findEventsWithReleasedMails(db: Db): Promise<DueEvent[]> {
  return db.$queryRaw<DueEvent[]>`
    select e.id as "eventId", k.calendar_id as "calendarId"
    from ${HELD_FROM}
    where l.mail_held_revision is not null and l.mail_confirmed_at < now() - ${SETTLED} and ${IS_MAIL_HELD}
      and ${hasNoneOpen(Prisma.sql`'rsvp.push:' || e.id`)}
      and not ${wasRefused(rsvpPush, Prisma.sql`e.id`, Prisma.sql`l.mail_confirmed_at`)}
    group by e.id, k.calendar_id
    order by min(l.mail_confirmed_at), e.id limit ${ROWS_MAX}`;
}

/** Answers that an earlier version gave up though nothing refused them are due again. */
export async function reviveRsvps(db: Db, eventIds: readonly string[]): Promise<void> {
  await db.$executeRaw`
    update rsvp_links rl set state = 'pending_push', last_error = null
    from rsvps r
    where r.id = rl.rsvp_id and r.event_id = any(${[...eventIds]}::uuid[])
      and ${IS_RSVP_GIVEN_UP}`;
}

export interface DueDelivery {
  deliveryId: string;
  recordKey: string;
  calendarId: string;
}

/**
 * Deliveries that wait, and failed ones whose operation an earlier version gave up. The dead letters lead to the
 * latter, since few deliveries have one. A delivery bears the code of its newest failure: one that was discarded, or
 * refused since, has another code, or a newer dead letter.
 */
export function findDueDeliveries(db: Db): Promise<DueDelivery[]> {
  return db.$queryRaw<DueDelivery[]>`
    with due as (
      select d.id from webhook_deliveries d where d.state = 'pending' and d.received_at < now() - ${SETTLED}
      union
      select d.id from operations f join webhook_deliveries d on d.id = case when f.job = ${inboxApply.name} then
        (f.payload->>'deliveryId')::uuid end
      where ${wasGivenUp(inboxApply)} and d.state = 'failed' and d.received_at > now() - ${NEWS_UNTIL}
        and split_part(d.error, ': ', 1) = f.error_code
        and not exists (
          select 1 from operations n where n.state = 'failed' and n.finished_at > f.finished_at
            and n.dedupe_key = f.dedupe_key)
    )
    select d.id as "deliveryId", coalesce(d.record_key, d.id::text) as "recordKey", d.calendar_id as "calendarId"
    from due join webhook_deliveries d on d.id = due.id
    where d.raw_body is not null and ${hasNoneOpen(Prisma.sql`'inbox.apply:' || d.id`)}
    order by d.received_at, d.id limit ${ROWS_MAX}`;
}

export interface DueEmail {
  assignmentId: string;
  eventId: string;
}

const COUPON_EMAIL = Prisma.sql`'coupon.email:' || a.id`;
const MAIL_GIVEN_UP = {
  eventId: Prisma.sql`a.event_id`,
  dedupeKey: COUPON_EMAIL,
  code: Prisma.sql`m.last_error->>'code'`,
};

/** Coupon codes that were given and whose mail has not gone out. One that may have gone out is a person's to settle. */
export function findDueCouponEmails(db: Db): Promise<DueEmail[]> {
  return db.$queryRaw<DueEmail[]>`
    select a.id as "assignmentId", a.event_id as "eventId"
    from messages m join coupon_assignments a on a.id = m.assignment_id join people p on p.id = a.person_id
      join events e on e.id = a.event_id
    where (m.state = 'reserved'
        or (m.state = 'failed' and e.ends_at > now() - ${AFTER_END} and ${isGivenUp(couponEmail, MAIL_GIVEN_UP)}))
      and m.created_at < now() - ${SETTLED} and p.email is not null
      and ${hasNoneOpen(COUPON_EMAIL)}
    order by m.created_at, m.id limit ${ROWS_MAX}`;
}
