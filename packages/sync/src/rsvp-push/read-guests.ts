import { type JobContext, PermanentError, RetryableError } from '@luma-sync/jobs';
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

interface Read {
  guests: LumaGuest[];
  /** RSVPs whose guests Luma has no longer. */
  gone: string[];
}

/** Rows a page surely has; Luma's own default. */
const PAGE_SIZE = 50;

/** Reads what Luma has of these people and merges it, by single reads or by the whole list, whichever costs fewer requests. */
export async function readGuests(
  due: readonly DueRsvp[],
  at: GuestsOf,
  account: LumaAccount,
  deps: { rsvps: Pick<RsvpSyncStore, 'countLinkedGuests' | 'applyGuests' | 'markGone'> },
  ctx: JobContext,
): Promise<void> {
  const observedAt = ctx.now();
  const linked = await deps.rsvps.countLinkedGuests(at.eventId);
  const how = chooseReading(due.length, linked, PAGE_SIZE);
  const { guests, gone } =
    how === 'each' ? await readEach(due, at, account, ctx) : await readList(due, at, account, ctx);
  if (gone.length > 0) await deps.rsvps.markGone(ctx, gone);
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

async function readEach(due: readonly DueRsvp[], at: GuestsOf, account: LumaAccount, ctx: JobContext): Promise<Read> {
  const read: Read = { guests: [], gone: [] };
  for (const rsvp of due) {
    const found = await readOne(rsvp, at, account, ctx);
    read.guests.push(...found);
    // Gone, or come back as another entry.
    if (!found.some(({ id }) => id === rsvp.lumaGuestId) && mayBeGone(rsvp)) read.gone.push(rsvp.rsvpId);
  }
  return read;
}

/**
 * By Luma's id; who is not there any more may have come back under a new one, or never have been shown under the address they were sent under. Whoever
 * has that address may be somebody else by now, so their own is looked for in any case.
 */
async function readOne(
  { lumaGuestId, email, askedEmail }: DueRsvp,
  at: GuestsOf,
  account: LumaAccount,
  ctx: JobContext,
): Promise<LumaGuest[]> {
  const guests: LumaGuest[] = [];
  for (const id of new Set([lumaGuestId, askedEmail, email])) {
    if (id === null) continue;
    const found = await account.api.findGuest(at.lumaEventId, id, toCall(ctx, 'interactive'));
    // Not missing but forbidden: about the event, and no word about the guest.
    if (found.kind === 'forbidden') throw new PermanentError('luma.forbidden', `${at.lumaEventId} cannot be read`);
    if (found.kind !== 'found') continue;
    guests.push(found.record);
    if (id === lumaGuestId) break;
  }
  return guests;
}

/** Whoever was refused at Luma stays refused, also when the refusal itself is not to be seen any more. */
function mayBeGone({ lumaGuestId, base, decidedBy }: DueRsvp): boolean {
  return lumaGuestId !== null && (base?.luma !== 'declined' || decidedBy === 'us');
}

async function readList(due: readonly DueRsvp[], at: GuestsOf, account: LumaAccount, ctx: JobContext): Promise<Read> {
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
    if (step.value.complete) {
      const ids = new Set(guests.map(({ id }) => id));
      // Rows can slip through a walk: one read confirms each that is missing.
      const missing = due.filter((rsvp) => mayBeGone(rsvp) && !ids.has(rsvp.lumaGuestId ?? ''));
      const { guests: found, gone } = await readEach(missing, at, account, ctx);
      return { guests: [...guests, ...found], gone };
    }
    if (step.value.reason === 'page-failed') throw step.value.error;
    // Who is missing from half a list may well be there.
    throw new RetryableError(
      'luma.listing_incomplete',
      `the guest list of ${at.lumaEventId} ended early: ${step.value.reason}`,
    );
  }
}
