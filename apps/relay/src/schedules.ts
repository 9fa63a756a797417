import { HOUR_MS, MINUTE_MS } from '@luma-sync/jobs';
import {
  type Db,
  type DueSweep,
  enqueueBackfills,
  enqueueCalendarPulls,
  enqueueDriftChecks,
  enqueueDue,
  enqueueReconciles,
  enqueueRereads,
  enqueueWebhookWatches,
} from '@luma-sync/store';

export interface Schedule {
  name: string;
  /** Cron pattern, UTC. */
  pattern: string;
  /** What a slot asks for, in the transaction that marks the slot as fired. @returns how many operations. */
  fire: (tx: Db, slot: Date) => Promise<number>;
  /** Called once the slot is committed, by the process that fired it. */
  afterwards?: () => void;
}

/** Everything that happens by itself, but retention, which is no operation. Shown in the queue board under `schedules`. */
export const SCHEDULES: readonly Schedule[] = [
  // Staggered over an hour, so that calendars which share a network or a key do not start at once.
  { name: 'calendars.pull', pattern: '0 */6 * * *', fire: (tx) => enqueueCalendarPulls(tx, HOUR_MS) },
  // What webhooks missed: near events each time, far ones rarely.
  { name: 'rsvps.reconcile', pattern: '*/15 * * * *', fire: enqueueReconciles },
  // One that is missing or asleep is repaired within five minutes.
  { name: 'webhooks.watch', pattern: '*/3 * * * *', fire: enqueueWebhookWatches },
  // After an update that reads more of what Luma sends.
  { name: 'unreadable.reread', pattern: '20 * * * *', fire: (tx) => enqueueRereads(tx) },
  { name: 'org.backfill', pattern: '0 3 * * 0', fire: (tx) => enqueueBackfills(tx, HOUR_MS) },
  { name: 'drift.check', pattern: '0 4 * * 0', fire: (tx) => enqueueDriftChecks(tx, 2 * HOUR_MS) },
];

/** Finds due rows without an operation. `onSwept` is told how many of each kind, once they are committed. */
export const dueSweepSchedule = (onSwept: (swept: DueSweep) => void): Schedule => {
  let swept: DueSweep | null = null;
  return {
    name: 'due.sweep',
    pattern: '*/5 * * * *',
    fire: async (tx) => {
      swept = await enqueueDue(tx);
      return Object.values(swept).reduce((sum, count) => sum + count, 0);
    },
    afterwards: () => {
      if (swept !== null) onSwept(swept);
    },
  };
};

/** Runs in relay itself, since it touches nothing but Postgres. */
export const retentionSchedule = (request: () => void): Schedule => ({
  name: 'retention',
  pattern: '30 2 * * *',
  fire: async () => 0,
  afterwards: request,
});

export interface ScheduleTimes {
  /** A slot that BullMQ has not fired this long after its time is fired by the look. */
  lateMs: number;
  /** Pause between two looks at what was missed and whether the schedulers are well. */
  lookMs: number;
}

export const SCHEDULE_TIMES: ScheduleTimes = { lateMs: MINUTE_MS, lookMs: MINUTE_MS / 4 };
