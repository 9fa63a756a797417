import { HOUR_MS, MINUTE_MS, SCHEDULE_PATTERNS, type ScheduleName } from '@luma-sync/jobs';
import {
  type Db,
  type DueSweep,
  enqueueBackfills,
  enqueueCalendarHeads,
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

/** Pulls and checks of calendars are staggered, so that those which share a network or a key do not start at once. */
const FIRE: Partial<Record<ScheduleName, Schedule['fire']>> = {
  'calendars.pull': (tx) => enqueueCalendarPulls(tx, HOUR_MS),
  'calendars.heads': (tx, slot) => enqueueCalendarHeads(tx, slot, 10 * MINUTE_MS),
  'rsvps.reconcile': enqueueReconciles,
  'webhooks.watch': enqueueWebhookWatches,
  'unreadable.reread': (tx) => enqueueRereads(tx),
  'org.backfill': (tx) => enqueueBackfills(tx, HOUR_MS),
  'drift.check': (tx) => enqueueDriftChecks(tx, 2 * HOUR_MS),
};

/**
 * Everything that happens by itself, but retention, which is no operation. Shown in the queue board under `schedules`.
 */
export const SCHEDULES: readonly Schedule[] = Object.entries(FIRE).map(([name, fire]) => ({
  name,
  pattern: SCHEDULE_PATTERNS[name as ScheduleName],
  fire,
}));

/** Finds due rows without an operation. `onSwept` is told how many of each kind, once they are committed. */
export const dueSweepSchedule = (onSwept: (swept: DueSweep) => void): Schedule => {
  let swept: DueSweep | null = null;
  return {
    name: 'due.sweep',
    pattern: SCHEDULE_PATTERNS['due.sweep'],
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
  pattern: SCHEDULE_PATTERNS.retention,
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
