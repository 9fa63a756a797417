import { guestPull, rsvpReconcile } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { enqueueOperations } from '../operations/enqueue.js';

/** How often the guests of an event are looked at, by how near it is. The schedule comes every 15 minutes. */
const RHYTHM = Prisma.sql`(values
  -- until it starts     heads               whole list
  (interval '2 days',    interval '14 min',  interval '6 hours'),
  (interval '14 days',   interval '2 hours', interval '1 day'),
  (interval '100 years', interval '12 hours', interval '1 day'))`;

/** Guests are still checked in and let in late for some hours after the end. */
const AFTER_END = Prisma.sql`interval '6 hours'`;

/**
 * More events than this at once would fill the queue for hours; those that wait longest come first, and the others a
 * quarter of an hour later.
 */
const EVENTS_MAX = 1_000;

interface DueEvent {
  id: string;
  calendarId: string;
  needsSweep: boolean;
}

/**
 * Asks for a look at the guests of every event where one is due: the heads of the list, which cost two requests, or the
 * whole list, when that was not read for long or webhooks were missing since. Neither assigns coupons nor mails
 * anybody: that takes a person or the app.
 *
 * @returns how many were asked for.
 */
export async function enqueueReconciles(tx: Db): Promise<number> {
  const due = await tx.$queryRaw<DueEvent[]>`
    select id, "calendarId", "needsSweep" from (
      select e.id, l.calendar_id as "calendarId", e.starts_at, greatest(l.guest_heads_at, l.guests_pulled_at) as
        looked_at, r.heads,
        (l.guests_pulled_at is null or l.guests_pulled_at < now() - r.sweep
          or l.guests_pulled_at < c.webhook_repaired_at) as "needsSweep"
      from events e
      join event_links l on l.event_id = e.id
      join calendars c on c.id = l.calendar_id
      cross join lateral (select * from ${RHYTHM} as rhythm(until, heads, sweep) where e.starts_at <= now() + until
        order by until limit 1) r
      where e.ends_at >= now() - ${AFTER_END} and e.ownership = 'created' and l.luma_event_id is not null
        and l.state <> 'source_deleted'
        and c.kind = 'luma' and c.sync_enabled and c.status = 'ok'
    ) candidates
    where "needsSweep" or looked_at is null or looked_at < now() - heads
    order by (starts_at <= now() + interval '2 days') desc, looked_at asc nulls first, id
    limit ${EVENTS_MAX}`;
  return enqueueLooks(tx, due);
}

/** The same for the near events of one calendar, at once: something may have been missed there. */
export async function enqueueNearReconciles(tx: Db, calendarId: string): Promise<number> {
  const near = await tx.$queryRaw<DueEvent[]>`
    select e.id, l.calendar_id as "calendarId", l.guests_pulled_at is null as "needsSweep"
    from events e join event_links l on l.event_id = e.id
    where l.calendar_id = ${calendarId}::uuid and l.luma_event_id is not null and l.state <> 'source_deleted'
      and e.ownership = 'created'
      and e.starts_at <= now() + interval '2 days' and e.ends_at >= now() - ${AFTER_END}
    order by e.starts_at, e.id
    limit ${EVENTS_MAX}`;
  return enqueueLooks(tx, near);
}

/**
 * Reads the guests of a calendar's events that are not over, where that was not done since `before`. @returns how many
 * were asked for.
 */
export async function enqueueSweeps(tx: Db, calendarId: string, before: Date): Promise<number> {
  const due = await tx.$queryRaw<{ id: string }[]>`
    select e.id from events e join event_links l on l.event_id = e.id
    where l.calendar_id = ${calendarId}::uuid and l.luma_event_id is not null and l.state <> 'source_deleted'
      and e.ownership = 'created'
      and e.ends_at >= now() and (l.guests_pulled_at is null or l.guests_pulled_at < ${before}::timestamptz)
    order by e.starts_at, e.id
    limit ${EVENTS_MAX}`;
  return enqueueLooks(
    tx,
    due.map(({ id }) => ({ id, calendarId, needsSweep: true })),
  );
}

async function enqueueLooks(tx: Db, due: readonly DueEvent[]): Promise<number> {
  const toRequest = ({ id: eventId, calendarId }: DueEvent) => ({
    trigger: 'scheduled' as const,
    actor: 'schedule',
    eventId,
    calendarId,
  });
  const sweeps = due.filter(({ needsSweep }) => needsSweep);
  const heads = due.filter(({ needsSweep }) => !needsSweep);
  const quietly = { assignCoupons: false, sendEmails: false, approvalStatus: null };
  const swept = await enqueueOperations(
    tx,
    guestPull,
    sweeps.map((event) => ({ ...toRequest(event), payload: { eventId: event.id, ...quietly } })),
  );
  const looked = await enqueueOperations(
    tx,
    rsvpReconcile,
    heads.map((event) => ({ ...toRequest(event), payload: { eventId: event.id } })),
  );
  return swept.length + looked.length;
}
