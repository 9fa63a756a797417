import type { Database } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { findMissingGuests, forgetGuestPages } from './guest-pages.js';
import { type GoneGuest, removeGuest } from './remove-guest.js';
import { forgetAbsence, reviewAbsences } from './review-absences.js';

export interface MissingGuest {
  rsvpId: string;
  lumaGuestId: string;
}

export interface GuestReview {
  total: number;
  missing: number;
  /** To be read one by one. */
  due: MissingGuest[];
  isAsked: boolean;
}

/**
 * What a pull does about guests whom its complete listing did not show. Each writing call is one fenced commit of the
 * given run.
 */
export function createGuestRemovals(db: Database) {
  return {
    review: (holder: LeaseHolder, { eventId, startedAt }: { eventId: string; startedAt: Date }): Promise<GuestReview> =>
      fencedTransaction(db, holder, async (tx) => {
        const { operationId } = holder;
        const { total, missing } = await findMissingGuests(tx, { eventId, operationId, startedAt });
        const listed = {
          recordType: 'rsvp' as const,
          scopeId: eventId,
          total,
          missing,
          listedAt: startedAt,
          listings: 2 as const,
        };
        const { due, isAsked } = await reviewAbsences(tx, listed);
        if (isAsked) {
          const fact = { fact: 'removal-asked', recordType: 'rsvp', missing: missing.length, total } as const;
          await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId, fact }]);
        }
        const links = await tx.rsvpLink.findMany({
          where: { rsvpId: { in: due }, lumaGuestId: { not: null } },
          select: { rsvpId: true, lumaGuestId: true },
          orderBy: { rsvpId: 'asc' },
        });
        const guests = links.flatMap(({ rsvpId, lumaGuestId }) =>
          lumaGuestId === null ? [] : [{ rsvpId, lumaGuestId }],
        );
        return { total, missing: missing.length, due: guests, isAsked };
      }),

    remove: (holder: LeaseHolder, gone: GoneGuest): Promise<boolean> =>
      fencedTransaction(db, holder, (tx) => removeGuest(tx, { ...gone, operationId: holder.operationId })),

    /** A read found the guest. */
    confirmPresent: (holder: LeaseHolder, rsvpId: string): Promise<void> =>
      fencedTransaction(db, holder, (tx) => forgetAbsence(tx, 'rsvp', rsvpId)),

    finish: (holder: LeaseHolder): Promise<void> =>
      fencedTransaction(db, holder, (tx) => forgetGuestPages(tx, holder.operationId)),
  };
}

export type GuestRemovals = ReturnType<typeof createGuestRemovals>;
