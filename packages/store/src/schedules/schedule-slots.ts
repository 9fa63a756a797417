import { type Database, type Db, inTransaction } from '../database.js';

export interface ScheduleSlotKey {
  name: string;
  /** The moment the schedule names, not the moment it was noticed. */
  slot: Date;
}

/**
 * Runs `action` for a slot of a schedule, once among all processes and for ever: the slot and what it asks for commit together.
 *
 * @returns false when the slot was fired before.
 */
export async function fireScheduleSlot(
  db: Database,
  { name, slot }: ScheduleSlotKey,
  firedBy: string,
  action: (tx: Db) => Promise<unknown>,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const inserted = await tx.$executeRaw`
      insert into schedule_slots (name, slot, fired_by) values (${name}, ${slot}::timestamptz, ${firedBy})
      on conflict (name, slot) do nothing`;
    if (inserted === 0) return false;
    await action(tx);
    return true;
  });
}

export async function isSlotFired(db: Database, { name, slot }: ScheduleSlotKey): Promise<boolean> {
  return (await db.scheduleSlot.count({ where: { name, slot } })) > 0;
}
