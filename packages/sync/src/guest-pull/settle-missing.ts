import type { JobContext } from '@luma-sync/jobs';
import type { GuestRemovals, RsvpSyncStore } from '@luma-sync/store';
import { toObservedGuest } from '../guests/observe-guest.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, toResumableCall } from '../luma-account.js';
import type { GuestsOf } from '../rsvp-push/read-guests.js';

export interface SettleMissingDeps {
  rsvps: Pick<RsvpSyncStore, 'withGuests' | 'applyGuests' | 'beginRead'>;
  removals: Pick<GuestRemovals, 'review' | 'remove' | 'confirmPresent'>;
}

export interface SettledMissing {
  missing: number;
  removed: number;
  /** True: too many are missing at once, and a person is asked. */
  isAsked: boolean;
}

/**
 * Absence is believed only after two complete listings, some time apart, and a read of the very guest. A run that ends
 * in between has lost nothing: whom it has settled is no longer missing, and the next run reviews the same listing.
 */
export async function settleMissing(
  at: GuestsOf,
  startedAt: Date,
  account: LumaAccount,
  deps: SettleMissingDeps,
  ctx: JobContext,
): Promise<SettledMissing> {
  const review = await deps.removals.review(ctx, { eventId: at.eventId, startedAt });
  let removed = 0;
  for (const guest of review.due) {
    const unleasedSince = await deps.rsvps.beginRead(at.eventId);
    const observedAt = ctx.now();
    const found = await account.api.findGuest(at.lumaEventId, guest.lumaGuestId, toResumableCall(ctx, 'bulk'));
    const isGone = await deps.rsvps.withGuests(
      ctx,
      at.eventId,
      async () => {
        // The event itself cannot be read: that says nothing about its guests.
        if (found.kind === 'forbidden') return false;
        const { eventId, calendarId, source } = at;
        if (found.kind === 'missing') {
          const gone = { ...guest, eventId, observedAt, unleasedSince };
          return deps.removals.remove(ctx, gone);
        }
        if (found.kind === 'unreadable') {
          await deps.removals.confirmPresent(ctx, guest.rsvpId);
          return false;
        }
        const guests = [toObservedGuest(found.record)];
        const read = { guests, observedAt, unleasedSince, via: 'pull', trigger: ctx.trigger };
        await deps.rsvps.applyGuests(ctx, { eventId, calendarId, source, ...read });
        await deps.removals.confirmPresent(ctx, guest.rsvpId);
        return false;
      },
      LEASE_WAIT,
    );
    if (isGone) removed += 1;
  }
  return { missing: review.missing, removed, isAsked: review.isAsked };
}
