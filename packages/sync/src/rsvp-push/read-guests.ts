import { type JobContext, RetryableError } from '@luma-sync/jobs';
import type { LumaGuest } from '@luma-sync/luma-contract';
import type { DueRsvp, RsvpSyncStore } from '@luma-sync/store';
import { toObservedGuest } from '../guests/observe-guest.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import { chooseReading } from './plan.js';

export interface GuestsOf {
  eventId: string;
  lumaEventId: string;
  calendarId: string;
  source: 'app' | 'luma' | 'ical';
}

/** Rows a page surely has; Luma's own default. */
const PAGE_SIZE = 50;

/** Reads what Luma has of these people and merges it, by single reads or by the whole list, whichever costs fewer requests. */
export async function readGuests(
  due: readonly DueRsvp[],
  at: GuestsOf,
  account: LumaAccount,
  deps: { rsvps: Pick<RsvpSyncStore, 'countLinkedGuests' | 'applyGuests'> },
  ctx: JobContext,
): Promise<void> {
  const observedAt = ctx.now();
  const linked = await deps.rsvps.countLinkedGuests(at.eventId);
  const how = chooseReading(due.length, linked, PAGE_SIZE);
  const guests = how === 'each' ? await readEach(due, at, account, ctx) : await readList(at, account, ctx);
  if (guests.length === 0) return;
  await deps.rsvps.applyGuests(ctx, {
    eventId: at.eventId,
    calendarId: at.calendarId,
    source: at.source,
    guests: guests.map(toObservedGuest),
    observedAt,
    via: 'push',
    trigger: ctx.trigger,
  });
}

async function readEach(
  due: readonly DueRsvp[],
  at: GuestsOf,
  account: LumaAccount,
  ctx: JobContext,
): Promise<LumaGuest[]> {
  const guests: LumaGuest[] = [];
  for (const { lumaGuestId, email } of due) {
    const id = lumaGuestId ?? email;
    if (id === null) continue;
    const found = await account.api.findGuest(at.lumaEventId, id, toCall(ctx, 'interactive'));
    if (found.kind === 'found') guests.push(found.record);
  }
  return guests;
}

async function readList(at: GuestsOf, account: LumaAccount, ctx: JobContext): Promise<LumaGuest[]> {
  const guests: LumaGuest[] = [];
  const listing = account.api.listAllGuests(
    { event_id: at.lumaEventId, pagination_limit: 2 * PAGE_SIZE },
    toCall(ctx, 'interactive'),
  );
  for (;;) {
    const step = await listing.next();
    if (step.done !== true) {
      guests.push(...step.value.entries);
      continue;
    }
    if (step.value.complete) return guests;
    if (step.value.reason === 'page-failed') throw step.value.error;
    // Who is missing from half a list may well be there.
    throw new RetryableError(
      'luma.listing_incomplete',
      `the guest list of ${at.lumaEventId} ended early: ${step.value.reason}`,
    );
  }
}
