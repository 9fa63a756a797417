import { guestPull } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';

interface Served {
  eventId: string;
  sendEmails: boolean;
}

interface Missing {
  poolId: string;
  poolName: string;
  /** People without a code, since the pool has none left. */
  missing: readonly string[];
}

const ROWS_PER_STATEMENT = 1_000;

/**
 * Keeps that guests of the event wait for codes of the pool, and tells it in the event's story and in that of each
 * person.
 */
export async function noteMissing(tx: Db, { eventId, sendEmails }: Served, pool: Missing): Promise<void> {
  const { poolId, poolName, missing } = pool;
  if (missing.length === 0) return;
  const [wait] = await tx.$queryRaw<{ isNew: boolean }[]>`
    insert into coupon_waits (pool_id, event_id, people, send_emails)
    values (${poolId}::uuid, ${eventId}::uuid, ${missing.length}, ${sendEmails})
    on conflict (pool_id, event_id) do update set
      people = coupon_waits.people + excluded.people, send_emails = excluded.send_emails
    returning (xmax = 0) as "isNew"`;
  if (wait?.isNew === true)
    await appendTimeline(tx, [
      { recordType: 'event', recordId: eventId, fact: { fact: 'coupon-pool-empty', pool: poolName } },
    ]);
  // A pull that is repeated finds the same people without a code.
  const untold = await tx.$queryRaw<{ id: string }[]>`
    select r.id from rsvps r
    where r.event_id = ${eventId}::uuid and r.person_id = any(${[...missing]}::uuid[])
      and not exists (select 1 from timeline t where t.record_id = r.id and t.fact = 'coupon-missing'
        and t.details ->> 'pool' = ${poolName})`;
  for (let from = 0; from < untold.length; from += ROWS_PER_STATEMENT)
    await appendTimeline(
      tx,
      untold.slice(from, from + ROWS_PER_STATEMENT).map(({ id: recordId }) => {
        const fact = { fact: 'coupon-missing', pool: poolName } as const;
        return { recordType: 'rsvp', recordId, eventId, fact };
      }),
    );
}

/** The guests of the event are served anew: who still goes without is noted again. */
export async function clearWaits(tx: Db, eventId: string): Promise<void> {
  await tx.couponWait.deleteMany({ where: { eventId } });
}

/**
 * Starts a guest pull for each event whose guests wait for codes of the pool. Only Luma's list says who still holds a
 * place; the pull mails as the one before was asked to, and no more people than the calendar's limit.
 *
 * @returns the number of events.
 */
export async function resumeWaiting(tx: Db, poolId: string, actor: string): Promise<number> {
  const waiting = await tx.$queryRaw<(Served & { calendarId: string })[]>`
    select w.event_id as "eventId", w.send_emails as "sendEmails", l.calendar_id as "calendarId"
    from coupon_waits w join events e on e.id = w.event_id join event_links l on l.event_id = e.id
    where w.pool_id = ${poolId}::uuid and e.approval <> 'cancelled'
      and l.luma_event_id is not null and l.state <> 'source_deleted'`;
  const pulls = waiting.map(({ eventId, sendEmails, calendarId }) => ({
    payload: { eventId, assignCoupons: true, sendEmails, approvalStatus: null },
    trigger: 'manual' as const,
    actor,
    eventId,
    calendarId,
  }));
  await enqueueOperations(tx, guestPull, pulls);
  return pulls.length;
}
