import { type Database, inTransaction } from '../database.js';
import { enqueueSweeps } from './enqueue-reconciles.js';

/** What looks at guest lists and drift checks note beside the records themselves. */
export function createReconcileStore(db: Database) {
  return {
    /** The heads of the guest list were looked at. */
    async markHeadsRead(eventId: string, at: Date): Promise<void> {
      await db.eventLink.updateMany({ where: { eventId }, data: { guestHeadsAt: at } });
    },
    /** More is new than heads are for: the next round reads the whole list. */
    async markSweepDue(eventId: string): Promise<void> {
      await db.eventLink.updateMany({ where: { eventId }, data: { guestsPulledAt: null } });
    },
    /** A list showed a change that webhooks should have told of; whether they did is for the watch to say. */
    async noteUnannounced(calendarId: string, at: Date): Promise<void> {
      await db.calendar.update({ where: { id: calendarId }, data: { unannouncedAt: at } });
    },
    /** When all guests were last read; null if never. */
    async sweptAt(eventId: string): Promise<Date | null> {
      const link = await db.eventLink.findUnique({ where: { eventId }, select: { guestsPulledAt: true } });
      return link?.guestsPulledAt ?? null;
    },
    async pulledAt(calendarId: string): Promise<Date | null> {
      const calendar = await db.calendar.findUnique({ where: { id: calendarId }, select: { lastSyncedAt: true } });
      return calendar?.lastSyncedAt ?? null;
    },
    requestSweeps: (calendarId: string, before: Date): Promise<number> =>
      inTransaction(db, (tx) => enqueueSweeps(tx, calendarId, before)),
    /** A full read showed nothing new: it need not be made again for a while. As `eventLinks.recordRead`. */
    async touchRead(eventId: string, at: Date): Promise<void> {
      await db.$executeRaw`
        update event_links set observed_at = greatest(observed_at, ${at}::timestamptz),
          checked_at = greatest(checked_at, ${at}::timestamptz)
        where event_id = ${eventId}::uuid`;
    },
  };
}

export type ReconcileStore = ReturnType<typeof createReconcileStore>;
