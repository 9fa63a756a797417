import { type JobError, RetryableError } from '@luma-sync/jobs';
import type { ListedPage, Listing, ListingEnd } from '@luma-sync/luma-client';

/**
 * Checks that a listing reached its end. Nothing follows from half a list: what it lacks may well be at Luma.
 *
 * @param what Names the list in the error, as in "the guest list of evt-1".
 * @throws {JobError} the error of the page that failed
 * @throws {RetryableError} `luma.listing_incomplete`
 */
export function assertComplete(end: ListingEnd, what: string): void {
  if (end.complete) return;
  if (end.reason === 'page-failed') throw end.error;
  throw new RetryableError('luma.listing_incomplete', `${what} ended early: ${end.reason}`);
}

/**
 * Reads the next page of a listing.
 *
 * @returns null after the last page of a complete list
 * @throws as {@link assertComplete}
 */
export async function readNextPage<T>(listing: Listing<T>, what: string): Promise<ListedPage<T> | null> {
  const step = await listing.next();
  if (step.done !== true) return step.value;
  assertComplete(step.value, what);
  return null;
}

/**
 * Reads a listing to its end.
 *
 * @param tooManyPages The error for a list with more pages than the listing may read. Default
 *   `luma.listing_incomplete`.
 * @throws as {@link assertComplete}
 */
export async function readWholeList<T>(
  listing: Listing<T>,
  what: string,
  tooManyPages?: () => JobError,
): Promise<Pick<ListedPage<T>, 'entries' | 'odd'>> {
  const whole: Pick<ListedPage<T>, 'entries' | 'odd'> = { entries: [], odd: [] };
  for (;;) {
    const step = await listing.next();
    if (step.done !== true) {
      whole.entries.push(...step.value.entries);
      whole.odd.push(...step.value.odd);
      continue;
    }
    const isTooLong = !step.value.complete && step.value.reason === 'too-many-pages';
    if (isTooLong && tooManyPages !== undefined) throw tooManyPages();
    assertComplete(step.value, what);
    return whole;
  }
}
