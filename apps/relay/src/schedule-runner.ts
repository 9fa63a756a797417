import { type Database, fireScheduleSlot, isSlotFired, readDatabaseClock } from '@luma-sync/store';
import { CronExpressionParser } from 'cron-parser';
import type { Schedule } from './schedules.js';

export interface ScheduleRunnerDeps {
  db: Database;
  schedules: readonly Schedule[];
  /** Names this relay in `schedule_slots`. */
  relay: string;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  lateMs: number;
  /** Default: Postgres' clock. The clocks of the machines may differ and jump; slots are named by one. */
  clock?: () => Promise<Date>;
}

/**
 * Marked as missed at most, of one schedule at once: about ten days of a schedule that fires every quarter of an hour.
 */
const MISSED_MAX = 1_000;

/**
 * Fires slots, each once, by the first that notices it: BullMQ's tick, another relay, or the catch-up after an outage.
 */
export function createScheduleRunner({ db, schedules, relay, log, lateMs, clock }: ScheduleRunnerDeps) {
  const now = clock ?? (() => readDatabaseClock(db));

  async function fire(schedule: Schedule, slot: Date): Promise<boolean> {
    const { name, pattern } = schedule;
    let operations = 0;
    const fired = await fireScheduleSlot(
      db,
      { name, slot },
      { firedBy: relay, missedSince: (last) => slotsBetween(pattern, last, slot) },
      async (tx) => {
        operations = await schedule.fire(tx, slot);
      },
    );
    if (fired === null) return false;
    log.info({ schedule: name, slot: slot.toISOString(), operations }, 'schedule fired');
    if (fired.missed > 0)
      log.warn({ schedule: name, missed: fired.missed }, 'slots were missed; this one does their work');
    schedule.afterwards?.();
    return true;
  }

  return {
    /** A tick of BullMQ: fires the slot it stands for, the newest one that is not in the future. */
    onTick: async (name: string): Promise<void> => {
      const schedule = schedules.find((candidate) => candidate.name === name);
      if (schedule !== undefined) await fire(schedule, previousSlot(schedule.pattern, await now()));
    },
    /**
     * Fires the newest slot of each schedule that is overdue. It does the work of older ones, since every schedule
     * looks at the present state.
     */
    catchUp: async (): Promise<number> => {
      let fired = 0;
      for (const schedule of schedules) {
        const moment = await now();
        const slot = previousSlot(schedule.pattern, moment);
        if (moment.getTime() - slot.getTime() < lateMs || (await isSlotFired(db, { name: schedule.name, slot })))
          continue;
        if (await fire(schedule, slot)) fired += 1;
      }
      return fired;
    },
    now,
    /** The schedules as their schedulers in Redis should be. */
    definitions: (moment: Date) =>
      schedules.map(({ name, pattern }) => ({ name, pattern, nextAt: nextSlot(pattern, moment) })),
  };
}

/** The newest moment a pattern names, not later than `now`. */
export function previousSlot(pattern: string, now: Date): Date {
  // A tick arrives at its very moment or a little before by another clock: within a second counts as that moment.
  return parse(pattern, new Date(now.getTime() + 1_000))
    .prev()
    .toDate();
}

export function nextSlot(pattern: string, now: Date): Date {
  return parse(pattern, now).next().toDate();
}

/** The newest ones after `from` and before `to`, at most {@link MISSED_MAX}. */
export function slotsBetween(pattern: string, from: Date, to: Date): Date[] {
  const slots: Date[] = [];
  const expression = parse(pattern, to);
  while (slots.length < MISSED_MAX) {
    const slot = expression.prev().toDate();
    if (slot <= from) break;
    slots.push(slot);
  }
  return slots;
}

function parse(pattern: string, currentDate: Date) {
  return CronExpressionParser.parse(pattern, { currentDate, tz: 'UTC' });
}
