import type { CallOptions } from '@luma-sync/luma-client';
import type { AppliedGuests, RsvpSyncStore } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import type { GuestsOf } from '../rsvp-push/read-guests.js';
import type { Run } from '../run.js';
import { toObservedGuest } from './observe-guest.js';

export interface ReadContestedDeps {
  rsvps: Pick<RsvpSyncStore, 'applyGuests' | 'beginRead' | 'withGuests'>;
}

/** A push wrote again during the second read: what it knows is newer, and the next list compares the guest. */
const READS_MAX = 2;

/**
 * Reads guests once more, each by itself, whose RSVPs were written while a list that shows them differently was on its
 * way. Only this tells whether the list or the RSVP is newer.
 */
export async function readContested(
  guestIds: readonly string[],
  of: GuestsOf,
  call: CallOptions,
  { account, deps, ctx }: Run<ReadContestedDeps>,
): Promise<Pick<AppliedGuests, 'added' | 'updated'>> {
  const result = { added: 0, updated: 0 };
  for (const guestId of guestIds) {
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const unleasedSince = await deps.rsvps.beginRead(of.eventId);
      const observedAt = ctx.now();
      const found = await account.api.findGuest(of.lumaEventId, guestId, call);
      if (found.kind !== 'found') break;
      const { eventId, calendarId, source } = of;
      const read = { guests: [toObservedGuest(found.record)], observedAt, unleasedSince, via: 'pull' };
      const observation = { eventId, calendarId, source, ...read, trigger: ctx.trigger };
      const apply = () => deps.rsvps.applyGuests(ctx, observation);
      const { added, updated, contested } = await deps.rsvps.withGuests(ctx, eventId, apply, LEASE_WAIT);
      result.added += added;
      result.updated += updated;
      if (contested.length === 0) break;
    }
  }
  return result;
}
