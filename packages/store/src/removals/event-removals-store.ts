import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { type AbsenceReview, reviewAbsences } from './review-absences.js';

/** What a drift check does about events that the calendar's complete list did not show. */
export function createEventRemovals(db: Database) {
  return {
    /** @param listed `total` counts the missing ones too. What is due is read before anything is concluded from it. */
    review: (
      holder: LeaseHolder,
      listed: { calendarId: string; total: number; missing: readonly string[]; listedAt: Date },
    ): Promise<AbsenceReview> =>
      fencedTransaction(db, holder, async (tx) => {
        const { calendarId, total, missing, listedAt } = listed;
        const review = await reviewAbsences(tx, {
          recordType: 'event',
          scopeId: calendarId,
          total,
          missing,
          listedAt,
          listings: 1,
        });
        if (review.isAsked) {
          await appendTimeline(tx, [
            {
              recordType: 'calendar',
              recordId: calendarId,
              operationId: holder.operationId,
              fact: { fact: 'removal-asked', recordType: 'event', missing: missing.length, total },
            },
          ]);
        }
        return review;
      }),
  };
}

export type EventRemovals = ReturnType<typeof createEventRemovals>;
