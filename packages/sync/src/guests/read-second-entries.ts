import type { SecondEntry } from '@luma-sync/domain';
import type { CallOptions } from '@luma-sync/luma-client';
import type { RsvpSyncStore } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import type { GuestsOf } from '../rsvp-push/read-guests.js';
import type { Run } from '../run.js';
import { toObservedGuest } from './observe-guest.js';
import type { ReadContestedDeps } from './read-contested.js';

export interface ReadSecondEntriesDeps {
  rsvps: ReadContestedDeps['rsvps'] & Pick<RsvpSyncStore, 'moveToEntry'>;
}

/** Persons with two entries are few; what is left over is looked at by the next list. */
const ENTRIES_MAX = 20;

/**
 * A person shows under another entry than the one that their answer is linked to. That one is read: if Luma has it no
 * longer, a host took it off and the person came back, and the answer stands for the new entry from now on. While it is
 * there it stays the one.
 */
export async function readSecondEntries(
  seconds: readonly SecondEntry[],
  of: GuestsOf,
  call: CallOptions,
  { account, deps, ctx }: Run<ReadSecondEntriesDeps>,
): Promise<{ updated: number }> {
  let updated = 0;
  for (const second of seconds.slice(0, ENTRIES_MAX)) {
    const unleasedSince = await deps.rsvps.beginRead(of.eventId);
    const first = await account.api.findGuest(of.lumaEventId, second.linkedGuestId, call);
    if (first.kind !== 'missing') continue;
    const observedAt = ctx.now();
    const found = await account.api.findGuest(of.lumaEventId, second.lumaGuestId, call);
    if (found.kind !== 'found') continue;
    const { eventId, calendarId, source } = of;
    const read = { guests: [toObservedGuest(found.record)], observedAt, via: 'pull', trigger: ctx.trigger };
    updated += await deps.rsvps.withGuests(
      ctx,
      eventId,
      async () => {
        if (!(await deps.rsvps.moveToEntry(ctx, { ...second, eventId, unleasedSince }))) return 0;
        // Nobody has written to the answer since the read began.
        return (await deps.rsvps.applyGuests(ctx, { eventId, calendarId, source, ...read })).updated;
      },
      LEASE_WAIT,
    );
  }
  return { updated };
}
