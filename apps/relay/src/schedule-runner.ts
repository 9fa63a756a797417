import { applyRetention, type Database, DEFAULT_RETENTION_DAYS, fireScheduleSlot, isSlotFired } from '@luma-sync/store';
import { CronExpressionParser } from 'cron-parser';
import { LATE_MS, RETENTION_NAME, RETENTION_PATTERN, SCHEDULES } from './schedules.js';

export interface ScheduleRunnerDeps {
  db: Database;
  /** Names this relay in `schedule_slots`. */
  relay: string;
  log: { info(fields: object, message: string): void };
  signal: AbortSignal;
  now?: () => Date;
}

/** Fires slots, each once whoever notices it first: BullMQ's tick, another relay, or the catch-up after an outage. */
export function createScheduleRunner({ db, relay, log, signal, now = () => new Date() }: ScheduleRunnerDeps) {
  async function fire(name: string, slot: Date): Promise<boolean> {
    if (name === RETENTION_NAME) {
      const isOurs = await fireScheduleSlot(db, { name, slot }, relay, async () => {});
      if (isOurs) log.info({ ...(await applyRetention(db, DEFAULT_RETENTION_DAYS, signal)) }, 'retention applied');
      return isOurs;
    }
    const schedule = SCHEDULES.find((candidate) => candidate.name === name);
    if (schedule === undefined) return false;
    let operations = 0;
    const isOurs = await fireScheduleSlot(db, { name, slot }, relay, async (tx) => {
      operations = await schedule.fire(tx);
    });
    if (isOurs) log.info({ schedule: name, slot: slot.toISOString(), operations }, 'schedule fired');
    return isOurs;
  }

  return {
    /** A tick of BullMQ: fires the slot it stands for, the newest one that is not in the future. */
    onTick: async (name: string): Promise<void> => {
      const pattern = patternOf(name);
      if (pattern !== null) await fire(name, previousSlot(pattern, now()));
    },
    /** Fires the newest slot of each schedule that is overdue; older ones are covered by it, since every schedule looks at the present state. */
    catchUp: async (): Promise<number> => {
      let fired = 0;
      for (const { name, pattern } of definitions()) {
        const slot = previousSlot(pattern, now());
        if (now().getTime() - slot.getTime() < LATE_MS || (await isSlotFired(db, { name, slot }))) continue;
        if (await fire(name, slot)) fired += 1;
      }
      return fired;
    },
  };
}

export function definitions(): { name: string; pattern: string }[] {
  return [
    ...SCHEDULES.map(({ name, pattern }) => ({ name, pattern })),
    { name: RETENTION_NAME, pattern: RETENTION_PATTERN },
  ];
}

function patternOf(name: string): string | null {
  return definitions().find((definition) => definition.name === name)?.pattern ?? null;
}

/** The newest moment a pattern names, not later than `now`. */
export function previousSlot(pattern: string, now: Date): Date {
  // A tick arrives at its very moment or a little before by another clock: within a second counts as that moment.
  const expression = CronExpressionParser.parse(pattern, { currentDate: new Date(now.getTime() + 1_000), tz: 'UTC' });
  return expression.prev().toDate();
}
