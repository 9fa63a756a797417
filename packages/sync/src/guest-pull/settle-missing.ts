import type { JobContext } from '@luma-sync/jobs';
import type { GuestRemovals, RsvpSyncStore } from '@luma-sync/store';
import { toObservedGuest } from '../guests/observe-guest.js';
import { type LumaAccount, toResumableCall } from '../luma-account.js';
import type { GuestsOf } from '../rsvp-push/read-guests.js';

export interface SettleMissingDeps {
  rsvps: Pick<RsvpSyncStore, 'withGuests' | 'applyGuests'>;
  removals: Pick<GuestRemovals, 'review' | 'remove' | 'isThere'>;
}

export interface SettledMissing {
  missing: number;
  removed: number;
  /** True: too many are missing at once, and a person is asked. */
  isAsked: boolean;
}

/**
 * Absence is believed only after two complete listings, some time apart, and a read of the very guest. A run that ends in between has lost
 * nothing: whom it has settled is no longer missing, and the next run reviews the same listing.
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
    const isGone = await deps.rsvps.withGuests(ctx, at.eventId, async () => {
      const observedAt = ctx.now();
      const found = await account.api.findGuest(at.lumaEventId, guest.lumaGuestId, toResumableCall(ctx, 'bulk'));
      // The event itself cannot be read: that says nothing about its guests.
      if (found.kind === 'forbidden') return false;
      if (found.kind === 'missing')
        return deps.removals.remove(ctx, { rsvpId: guest.rsvpId, eventId: at.eventId, observedAt });
      if (found.kind === 'unreadable') {
        await deps.removals.isThere(ctx, guest.rsvpId);
        return false;
      }
      const guests = [toObservedGuest(found.record)];
      const { eventId, calendarId, source } = at;
      await deps.rsvps.applyGuests(ctx, {
        eventId,
        calendarId,
        source,
        guests,
        observedAt,
        via: 'pull',
        trigger: ctx.trigger,
      });
      await deps.removals.isThere(ctx, guest.rsvpId);
      return false;
    });
    if (isGone) removed += 1;
  }
  return { missing: review.missing, removed, isAsked: review.isAsked };
}
