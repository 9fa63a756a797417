import { type Database, type Db, inTransaction } from '../database.js';

export interface ScheduleSlotKey {
  name: string;
  /** The moment the schedule names, not the moment it was noticed. */
  slot: Date;
}

export interface FiredSlot {
  /** Earlier slots that nobody had fired, marked as missed. */
  missed: number;
}

export interface FireOptions {
  /** Names the process in the row. */
  firedBy: string;
  /**
   * The schedule's slots after `last`, the newest one known, and before this one. Bounded: what is older than that is
   * not marked.
   */
  missedSince?: (last: Date) => readonly Date[];
}

/**
 * Runs `action` for a slot of a schedule, once among all processes and for ever: the slot and what it asks for commit
 * together. Slots between the last one known and this one are marked as missed in the same commit.
 *
 * @returns null when the slot was fired, or marked as missed, before.
 */
export async function fireScheduleSlot(
  db: Database,
  { name, slot }: ScheduleSlotKey,
  { firedBy, missedSince }: FireOptions,
  action: (tx: Db) => Promise<unknown>,
): Promise<FiredSlot | null> {
  return inTransaction(db, async (tx) => {
    const [last] = await tx.$queryRaw<{ slot: Date | null }[]>`
      select max(slot) as slot from schedule_slots where name = ${name} and slot < ${slot}::timestamptz`;
    const inserted = await tx.$executeRaw`
      insert into schedule_slots (name, slot, fired_by) values (${name}, ${slot}::timestamptz, ${firedBy})
      on conflict (name, slot) do nothing`;
    if (inserted === 0) return null;
    const missed = last?.slot == null ? [] : (missedSince?.(last.slot) ?? []);
    const marked =
      missed.length === 0
        ? 0
        : await tx.$executeRaw`
            insert into schedule_slots (name, slot, outcome, fired_by)
            select ${name}, slot, 'missed', ${firedBy} from unnest(${[...missed]}::timestamptz[]) as slot
            on conflict (name, slot) do nothing`;
    await action(tx);
    return { missed: marked };
  });
}

export async function isSlotFired(db: Database, { name, slot }: ScheduleSlotKey): Promise<boolean> {
  return (await db.scheduleSlot.count({ where: { name, slot } })) > 0;
}

/** The one clock for schedules: those of the machines may differ, and jump. */
export async function readDatabaseClock(db: Database): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`select now() as now`;
  if (row === undefined) throw new Error('a select without a from gave no row');
  return row.now;
}
