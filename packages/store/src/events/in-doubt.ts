import type { Db } from '../database.js';

/** Whether this event of ours may be at Luma already, under a record that a person has to look at first. */
export async function isEventInDoubt(tx: Db, eventId: string): Promise<boolean> {
  const count = await tx.backfillQuestion.count({
    where: { eventId, settledAt: null, OR: [{ answer: null }, { answer: 'link' }] },
  });
  return count > 0;
}
