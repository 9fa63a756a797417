import { waitFor } from '@luma-sync/testkit';
import type { Environment } from '../environment/open-environment.js';

/**
 * Schedules that read at Luma what no webhook announced, and the one that looks for work without an operation. In
 * production they fire every five minutes to every week.
 */
const SCHEDULES = ['calendars.pull', 'rsvps.reconcile', 'drift.check', 'due.sweep'];
/** Relay looks for unfired slots every 15 s, and leaves a slot alone in its first minute. */
const FIRED_LIMIT_MS = 180_000;

/**
 * Lets the schedules do at once what they would do in the course of a day: guest lists count as read a day earlier, and
 * the newest slot of each schedule counts as not fired. Relay finds these slots by itself, as after an outage.
 */
export async function bringSchedulesForward({ sql }: Pick<Environment, 'sql'>): Promise<void> {
  await sql.rows(
    `update event_links set guests_pulled_at = guests_pulled_at - interval '1 day',
       guest_heads_at = guest_heads_at - interval '1 day'`,
  );
  const [clock] = await sql.rows<{ now: Date }>('select now() as now');
  await sql.rows(
    `delete from schedule_slots s where name = any($1)
       and slot = (select max(slot) from schedule_slots newest where newest.name = s.name)`,
    [SCHEDULES],
  );
  await waitFor(
    async () => {
      const [fired] = await sql.rows<{ count: number }>(
        'select count(distinct name)::int as count from schedule_slots where name = any($1) and fired_at >= $2',
        [SCHEDULES, clock?.now],
      );
      return fired?.count === SCHEDULES.length;
    },
    { what: 'relay to fire the schedules', limitMs: FIRED_LIMIT_MS },
  );
}
