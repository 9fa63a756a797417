import { spellingsOf } from '@luma-sync/domain';
import { type JobContext, PermanentError, RetryableError } from '@luma-sync/jobs';
import type { Found } from '@luma-sync/luma-client';
import type { LumaGuest } from '@luma-sync/luma-contract';
import type { DueRsvp, RsvpSyncStore } from '@luma-sync/store';
import { toGuestEmail, toObservedGuest } from '../guests/observe-guest.js';
import { type ShownUnread, toShown } from '../guests/odd-guests.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import { readWholeList } from '../read-listing.js';
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
  /** RSVPs whose guests Luma shows in a form that cannot be read: nothing follows for them, and the others go on. */
  unread: string[];
}

/** Rows a page surely has; Luma's own default. */
const PAGE_SIZE = 50;

/**
 * Reads what Luma has of these people and merges it, by single reads or by the whole list, whichever costs fewer
 * requests.
 *
 * @returns RSVPs whose guests are there and cannot be read, or cannot be stored.
 */
export async function readGuests(
  due: readonly DueRsvp[],
  at: GuestsOf,
  account: LumaAccount,
  deps: { rsvps: Pick<RsvpSyncStore, 'countLinkedGuests' | 'applyGuests' | 'markGone'> },
  ctx: JobContext,
): Promise<Set<string>> {
  const observedAt = ctx.now();
  const linked = await deps.rsvps.countLinkedGuests(at.eventId);
  const how = chooseReading(due.length, linked, PAGE_SIZE);
  const { guests, gone, unread } =
    how === 'each' ? await readEach(due, at, account, ctx) : await readList(due, at, account, ctx);
  if (gone.length > 0) await deps.rsvps.markGone(ctx, gone);
  if (guests.length === 0) return new Set(unread);
  const { refused } = await deps.rsvps.applyGuests(ctx, {
    eventId: at.eventId,
    calendarId: at.calendarId,
    source: at.source,
    guests: guests.map(toObservedGuest),
    observedAt,
    via: 'push',
    trigger: ctx.trigger,
  });
  const isRefused = of({
    lumaGuestIds: refused,
    emails: guests.filter(({ id }) => refused.includes(id)).flatMap(emailOf),
  });
  return new Set([...unread, ...due.filter(isRefused).map(({ rsvpId }) => rsvpId)]);
}

function emailOf(guest: LumaGuest): string[] {
  const email = toGuestEmail(guest);
  return email === null ? [] : [email];
}

/** Whether an RSVP is about one of these guests. */
const of =
  ({ lumaGuestIds, emails }: ShownUnread) =>
  ({ lumaGuestId, email, askedEmail }: DueRsvp): boolean =>
    lumaGuestId === null
      ? [email, askedEmail].some((address) => address !== null && emails.includes(address))
      : lumaGuestIds.includes(lumaGuestId);

async function readEach(due: readonly DueRsvp[], at: GuestsOf, account: LumaAccount, ctx: JobContext): Promise<Read> {
  const read: Read = { guests: [], gone: [], unread: [] };
  for (const rsvp of due) {
    const found = await readOne(rsvp, at, account, ctx);
    if (found === 'unread') {
      read.unread.push(rsvp.rsvpId);
      continue;
    }
    read.guests.push(...found);
    // Gone, or come back as another entry.
    if (!found.some(({ id }) => id === rsvp.lumaGuestId) && mayBeGone(rsvp)) read.gone.push(rsvp.rsvpId);
  }
  return read;
}

/**
 * By Luma's id; who is not there any more may have come back under a new one, or never have been shown under the
 * address they were sent under. That address may be another person's by now, so their own is looked for in any
 * case.
 */
async function readOne(
  { lumaGuestId, email, askedEmail }: DueRsvp,
  at: GuestsOf,
  account: LumaAccount,
  ctx: JobContext,
): Promise<LumaGuest[] | 'unread'> {
  const guests: LumaGuest[] = [];
  // Luma may know an address by another spelling of it than the one it was told.
  const addresses = [askedEmail, email].flatMap((address) => (address === null ? [] : spellingsOf(address)));
  for (const id of new Set(lumaGuestId === null ? addresses : [lumaGuestId, ...addresses])) {
    const found = await findGuest(id, at, account, ctx);
    // Not missing but forbidden: about the event, and no word about the guest.
    if (found.kind === 'forbidden') throw new PermanentError('luma.forbidden', `${at.lumaEventId} cannot be read`);
    if (found.kind === 'unreadable') return 'unread';
    if (found.kind !== 'found') continue;
    guests.push(found.record);
    if (id === lumaGuestId) break;
  }
  return guests;
}

/** How often an answer may be none of a guest before it is taken for the guest's own fault. */
const PATIENT_ATTEMPTS = 3;

/**
 * An answer without any id is a passing trouble, as a rule. One that stays so holds up the one answer, and not those of
 * the whole event.
 */
async function findGuest(
  id: string,
  at: GuestsOf,
  account: LumaAccount,
  ctx: JobContext,
): Promise<Found<LumaGuest> | { kind: 'unreadable' }> {
  try {
    return await account.api.findGuest(at.lumaEventId, id, toCall(ctx, 'interactive'));
  } catch (error) {
    const isOdd = error instanceof RetryableError && error.code === 'luma.unexpected_answer';
    if (isOdd && ctx.attempt >= PATIENT_ATTEMPTS) return { kind: 'unreadable' };
    throw error;
  }
}

/** A guest who was refused at Luma stays refused, also when the refusal itself is not to be seen any more. */
function mayBeGone({ lumaGuestId, base, decidedBy }: DueRsvp): boolean {
  return lumaGuestId !== null && (base?.luma !== 'declined' || decidedBy === 'us');
}

async function readList(due: readonly DueRsvp[], at: GuestsOf, account: LumaAccount, ctx: JobContext): Promise<Read> {
  const listing = account.api.listAllGuests(
    { event_id: at.lumaEventId, pagination_limit: 2 * PAGE_SIZE },
    toCall(ctx, 'interactive'),
  );
  // Who is missing from half a list may well be there.
  const { entries: guests, odd } = await readWholeList(listing, `the guest list of ${at.lumaEventId}`);
  const ids = new Set(guests.map(({ id }) => id));
  const unread = due.filter(of(toShown(odd))).map(({ rsvpId }) => rsvpId);
  // Rows can slip through a walk: one read confirms each that is missing. So it does for one that an entry without any
  // identity may be.
  const missing = due.filter(
    (rsvp) => mayBeGone(rsvp) && !ids.has(rsvp.lumaGuestId ?? '') && !unread.includes(rsvp.rsvpId),
  );
  const { guests: found, gone, unread: notRead } = await readEach(missing, at, account, ctx);
  return { guests: [...guests, ...found], gone, unread: [...unread, ...notRead] };
}
