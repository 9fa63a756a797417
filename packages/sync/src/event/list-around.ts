import { type JobContext, MINUTE_MS, RetryableError } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import { type LumaAccount, toCall } from '../luma-account.js';
import { readWholeList } from '../read-listing.js';
import { isManagedHere } from './is-managed-here.js';
import { mayBe, toUnread, type UnreadEvent } from './unread-event.js';

export interface Around {
  from: Date;
  to: Date;
}

export interface ListedAround {
  there: LumaEvent[];
  /** Entries that nobody can read: one of them may be the very event that is looked for. */
  unread: UnreadEvent[];
}

/**
 * @throws {RetryableError} `luma.listing_incomplete` when an unread entry may be the wanted event. Only that event
 *   waits.
 */
export function assertNotAmongUnread(
  unread: readonly UnreadEvent[],
  wanted: { eventId: string; title: string; startsAt: string },
): void {
  const candidate = unread.find((event) => mayBe(event, wanted));
  if (candidate === undefined) return;
  const message =
    `Luma lists an event that cannot be read (${candidate.id ?? 'without an id'}) and may be ` +
    `event ${wanted.eventId}`;
  throw new RetryableError('luma.listing_incomplete', message);
}

/** Luma may mean its bounds to be left out; the comparison looks at the distance again. */
const MARGIN_MS = MINUTE_MS;
/** A thousand events within a day: more are no calendar of ours. */
const PAGES_MAX = 20;

export const toAround = (at: Date, reachMs = 0): Around => ({
  from: new Date(at.getTime() - reachMs - MARGIN_MS),
  to: new Date(at.getTime() + reachMs + MARGIN_MS),
});

/**
 * What the calendar manages at Luma around that time, in one listing.
 *
 * @throws {RetryableError} `luma.listing_incomplete`: what half a list lacks would be created a second time.
 */
export async function listAround({ from, to }: Around, account: LumaAccount, ctx: JobContext): Promise<ListedAround> {
  const query = { after: from.toISOString(), before: to.toISOString(), sort_direction: 'asc' } as const;
  const listing = account.api.listAllEvents(query, toCall(ctx, 'interactive'), { maxPages: PAGES_MAX });
  const { entries, odd } = await readWholeList(
    listing,
    `the event list of calendar ${account.calendarId} around ${from.toISOString()}`,
  );
  return { there: entries.filter((event) => isManagedHere(event, account)), unread: toUnread(odd) };
}
