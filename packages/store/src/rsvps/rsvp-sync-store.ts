import type { DueRsvp } from '@luma-sync/domain';
import { type Database, type Db, inTransaction } from '../database.js';
import { fencedTransaction, findUnleasedSince, type LeaseHolder, type LeaseWait, withRecordLease } from '../leases.js';
import { saveCheckpoint } from '../operations/run.js';
import { type ErasedAddresses, NOBODY_ERASED } from '../personal-data/erased-addresses.js';
import { withoutErasedGuests } from '../personal-data/without-erased.js';
import { findShownUnread, noteGuestPage, type ShownUnread } from '../removals/guest-pages.js';
import { noteStoredGuests } from '../unreadable/note-refused.js';
import { type AppliedGuests, applyGuests, type GuestsObservation } from './apply-guests.js';
import { applyOneByOne, sumOf } from './apply-one-by-one.js';
import { countLinkedGuests, listDueRsvps } from './due-rsvps.js';
import { findKnownGuest } from './find-guest.js';
import { type NameRefusal, noteNameRefused } from './name-refusals.js';
import {
  type AcceptedRsvp,
  type AskedRsvp,
  countConfirmTry,
  countLook,
  markAccepted,
  markAsked,
  markDeclinedAtLuma,
  markGone,
  markRsvpFailed,
  markSettled,
  markUnverified,
  takeBackAsked,
} from './push-marks.js';
import { retryUnreadable } from './retry-unreadable.js';
import { type EntryMove, moveToEntry } from './second-entries.js';

/** What belongs in the same commit as a page of guests. */
export interface PageExtras {
  /** Number of the page in its listing, from 0. */
  page: number;
  /** Where the listing goes on, computed from what the page changed. */
  checkpoint: (applied: AppliedGuests) => object;
  /** Guests whom the page showed and nobody can read: they are there. */
  alsoShown: ShownUnread;
}

const guestsKey = (eventId: string): string => `guests:${eventId}`;

/**
 * What the guest handlers read and store. Each writing call is one fenced commit of the given run.
 *
 * @param erased Whose guests are not stored.
 */
export function createRsvpSyncStore(db: Database, erased: Pick<ErasedAddresses, 'find'> = NOBODY_ERASED) {
  const known = async (tx: Db, observation: GuestsObservation): Promise<GuestsObservation> => ({
    ...observation,
    guests: await withoutErasedGuests(tx, erased, observation.guests),
  });
  const applyAll = async (
    holder: LeaseHolder,
    observation: GuestsObservation,
    finishPage: (tx: Db, applied: AppliedGuests) => Promise<AppliedGuests>,
    isPage = false,
  ): Promise<AppliedGuests> => {
    const { applied, refused } = await applyOneByOne(
      observation,
      (page, before) =>
        fencedTransaction(db, holder, async (tx) =>
          finishPage(tx, sumOf(await applyGuests(tx, holder, await known(tx, page)), before)),
        ),
      (one) => fencedTransaction(db, holder, async (tx) => applyGuests(tx, holder, await known(tx, one))),
    );
    const refusedIds = new Set(applied.refused);
    const storedIds = observation.guests.flatMap(({ lumaGuestId: id }) => (refusedIds.has(id) ? [] : [id]));
    // A pull sees every guest: it closes what is stored by now.
    if (refused.length > 0 || isPage) await noteStoredGuests(db, observation, { refused, storedIds }, erased);
    return applied;
  };

  return {
    listDue: (query: Parameters<typeof listDueRsvps>[1]) => listDueRsvps(db, query),
    findGuest: (eventId: string, lumaGuestId: string, email: string | null) =>
      findKnownGuest(db, eventId, lumaGuestId, email),
    countLinkedGuests: (eventId: string) => countLinkedGuests(db, eventId),

    applyGuests: (holder: LeaseHolder, observation: GuestsObservation): Promise<AppliedGuests> =>
      applyAll(holder, observation, async (_tx, applied) => applied),

    /**
     * One page of a pull: guests, whom it showed, and the place to go on from, all or nothing. A guest whom Postgres
     * refuses is left out.
     */
    applyPage: (holder: LeaseHolder, observation: GuestsObservation, extras: PageExtras): Promise<AppliedGuests> => {
      const shown = observation.guests.map(({ lumaGuestId }) => lumaGuestId);
      return applyAll(
        holder,
        observation,
        async (tx, applied) => {
          const unreadIds = await findShownUnread(tx, observation.eventId, extras.alsoShown);
          const page = { operationId: holder.operationId, page: extras.page, guestIds: shown, unreadIds };
          await noteGuestPage(tx, page);
          await saveCheckpoint(tx, holder.operationId, extras.checkpoint(applied));
          return applied;
        },
        true,
      );
    },

    /** Luma shows a guest as we know them: only when that was is stored. */
    noteSeen: (holder: LeaseHolder, eventId: string, lumaGuestId: string, at: Date) =>
      fencedTransaction(db, holder, async (tx) => {
        await tx.rsvpLink.updateMany({
          where: { lumaGuestId, rsvp: { eventId }, observedAt: { lt: at } },
          data: { observedAt: at },
        });
      }),

    /** Luma no longer has the entry that an answer is linked to, and shows the same person under another one. */
    moveToEntry: (holder: LeaseHolder, move: EntryMove): Promise<boolean> =>
      fencedTransaction(db, holder, (tx) => moveToEntry(tx, move, holder.operationId)),

    /** A complete list was read. Answers that waited since their guest could not be read are tried again. */
    markPulled: async (eventId: string, at: Date): Promise<void> => {
      await inTransaction(db, async (tx) => {
        await tx.eventLink.updateMany({ where: { eventId }, data: { guestsPulledAt: at } });
        await retryUnreadable(tx, eventId);
      });
    },

    markAsked: (holder: LeaseHolder, asked: readonly AskedRsvp[]) =>
      fencedTransaction(db, holder, (tx) => markAsked(tx, asked, holder.operationId)),
    markAccepted: (holder: LeaseHolder, accepted: readonly AcceptedRsvp[]) =>
      fencedTransaction(db, holder, (tx) => markAccepted(tx, accepted)),
    takeBackAsked: (holder: LeaseHolder, due: readonly DueRsvp[]) =>
      fencedTransaction(db, holder, (tx) => takeBackAsked(tx, due)),
    markGone: (holder: LeaseHolder, rsvpIds: readonly string[]) =>
      fencedTransaction(db, holder, (tx) => markGone(tx, rsvpIds)),
    countLook: (holder: LeaseHolder, rsvpIds: readonly string[]) =>
      fencedTransaction(db, holder, (tx) => countLook(tx, rsvpIds)),
    countConfirmTry: (holder: LeaseHolder, rsvpIds: readonly string[]) =>
      fencedTransaction(db, holder, (tx) => countConfirmTry(tx, rsvpIds)),
    markSettled: (holder: LeaseHolder, rsvps: readonly { rsvpId: string; revision: number }[]) =>
      fencedTransaction(db, holder, (tx) => markSettled(tx, rsvps)),
    markUnverified: (holder: LeaseHolder, eventId: string, rsvps: readonly { rsvpId: string; revision: number }[]) =>
      fencedTransaction(db, holder, (tx) => markUnverified(tx, rsvps, { eventId, operationId: holder.operationId })),
    markDeclinedAtLuma: (
      holder: LeaseHolder,
      eventId: string,
      rsvps: readonly { rsvpId: string; revision: number }[],
    ) =>
      fencedTransaction(db, holder, (tx) =>
        markDeclinedAtLuma(tx, rsvps, { eventId, operationId: holder.operationId }),
      ),
    markFailed: (
      holder: LeaseHolder,
      eventId: string,
      rsvpIds: readonly string[],
      error: { code: string; message: string },
    ) =>
      fencedTransaction(db, holder, (tx) =>
        markRsvpFailed(tx, rsvpIds, error, { eventId, operationId: holder.operationId }),
      ),

    /** Whose name Luma refused when it added them, and whose it took (null). */
    noteNameRefused: (holder: LeaseHolder, eventId: string, names: readonly NameRefusal[]) =>
      fencedTransaction(db, holder, (tx) => noteNameRefused(tx, names, { eventId, operationId: holder.operationId })),

    /**
     * Before a read at Luma that is made without the lease on the event's guests.
     *
     * @returns what the observation of that read names as `unleasedSince`.
     */
    beginRead: (eventId: string): Promise<Date> => findUnleasedSince(db, guestsKey(eventId)),

    /**
     * Takes the lease on the event's guests for the time of `work`, which waits neither for a slot nor for an answer of
     * Luma.
     */
    withGuests: <T>(holder: LeaseHolder, eventId: string, work: () => Promise<T>, wait?: LeaseWait) =>
      withRecordLease(db, holder, guestsKey(eventId), work, wait),
  };
}

export type RsvpSyncStore = ReturnType<typeof createRsvpSyncStore>;
