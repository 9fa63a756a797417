import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** A person's command to cancel an event at Luma for good. */
export interface Cancellation {
  eventId: string;
  /** The most guests that Luma may mail, as the person confirmed. */
  guests: number;
  /** Null while nobody had to say: the event had no paid guests. */
  refund: boolean | null;
  actor: string;
  /** Since then no run asks Luma again. */
  askedAt: Date | null;
  /** How often it was found to be still there after that. */
  looks: number;
}

/** What carries out cancellations reads and stores. Each writing call is one fenced commit of the given run. */
export function createCancellationStore(db: Database) {
  return {
    find: (operationId: string): Promise<Cancellation | null> =>
      db.eventCancellation.findUnique({
        where: { operationId },
        select: { eventId: true, guests: true, refund: true, actor: true, askedAt: true, looks: true },
      }),

    /** Stored before Luma is asked, with who let whom be mailed. */
    markAsked: (holder: LeaseHolder, { eventId, guests, refund, actor }: Cancellation, askedAt: Date): Promise<void> =>
      fencedTransaction(db, holder, async (tx) => {
        await tx.eventCancellation.update({ where: { operationId: holder.operationId }, data: { askedAt } });
        await appendTimeline(tx, [
          {
            recordType: 'event',
            recordId: eventId,
            operationId: holder.operationId,
            fact: {
              fact: 'cancel-asked',
              refund,
              mail: { purpose: 'event.cancel', allowed: true, recipients: guests, confirmedBy: actor },
            },
          },
        ]);
      }),

    /** The request surely never reached Luma. */
    takeBackAsked: (holder: LeaseHolder): Promise<void> =>
      fencedTransaction(db, holder, async (tx) => {
        await tx.eventCancellation.update({ where: { operationId: holder.operationId }, data: { askedAt: null } });
      }),

    /** @returns how often it was looked for so far. */
    countLook: (holder: LeaseHolder): Promise<number> =>
      fencedTransaction(db, holder, async (tx) => {
        const { looks } = await tx.eventCancellation.update({
          where: { operationId: holder.operationId },
          data: { looks: { increment: 1 } },
          select: { looks: true },
        });
        return looks;
      }),

    /** Luma no longer has it. */
    confirm: (holder: LeaseHolder, eventId: string, confirmedAt: Date): Promise<void> =>
      fencedTransaction(db, holder, async (tx) => {
        await tx.eventCancellation.update({ where: { operationId: holder.operationId }, data: { confirmedAt } });
        await tx.event.update({ where: { id: eventId }, data: { cancelMode: 'cancel' } });
      }),
  };
}

export type CancellationStore = ReturnType<typeof createCancellationStore>;
