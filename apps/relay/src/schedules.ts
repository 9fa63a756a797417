import { DAY_MS, HOUR_MS, MINUTE_MS } from '@luma-sync/jobs';
import { type Db, enqueueCalendarPulls, enqueueDriftChecks, enqueueGuestPulls } from '@luma-sync/store';

export interface Schedule {
  name: string;
  /** Five fields, UTC. */
  pattern: string;
  /** What a slot asks for, in the transaction that marks the slot as fired. */
  fire: (tx: Db) => Promise<number>;
}

/** Everything that happens by itself. Shown in the queue board under `schedules`. */
export const SCHEDULES: readonly Schedule[] = [
  // Staggered over an hour, so that calendars which share a network or a key do not start at once.
  { name: 'calendars.pull', pattern: '0 */6 * * *', fire: (tx) => enqueueCalendarPulls(tx, HOUR_MS) },
  // What webhooks missed; only events near enough for it to matter.
  { name: 'rsvps.reconcile', pattern: '*/15 * * * *', fire: (tx) => enqueueGuestPulls(tx, 2 * DAY_MS) },
  { name: 'drift.check', pattern: '0 4 * * 0', fire: (tx) => enqueueDriftChecks(tx, 2 * HOUR_MS) },
];

/** Runs in relay itself, since it touches nothing but Postgres. */
export const RETENTION_PATTERN = '30 2 * * *';
export const RETENTION_NAME = 'retention';

/** A slot that BullMQ has not fired this long after its time is fired by the catch-up. */
export const LATE_MS = MINUTE_MS;
