import { describe, expect, it } from '@jest/globals';
import { PermanentError, RetryableError } from '@luma-sync/jobs';
import type { Listing, ListingEnd } from '@luma-sync/luma-client';
import { readNextPage, readWholeList } from './read-listing.js';

const PAGES = [
  { entries: [1, 2], odd: [], cursor: 'a' },
  { entries: [3], odd: [], cursor: undefined },
];

async function* listing(end: ListingEnd): Listing<number> {
  yield* PAGES;
  return end;
}

const COMPLETE: ListingEnd = { complete: true, pages: 2 };
const failure = new RetryableError('luma.unavailable', 'away');
const FAILED: ListingEnd = { complete: false, pages: 2, reason: 'page-failed', error: failure, cursor: 'a' };
const LONG: ListingEnd = { complete: false, pages: 2, reason: 'too-many-pages' };
const REPEATED: ListingEnd = { complete: false, pages: 2, reason: 'cursor-repeated' };

describe('a listing read as a whole', () => {
  it('has the entries of every page', async () => {
    expect(await readWholeList(listing(COMPLETE), 'the list')).toEqual({ entries: [1, 2, 3], odd: [] });
  });

  it('throws what a page failed with', async () => {
    await expect(readWholeList(listing(FAILED), 'the list')).rejects.toBe(failure);
  });

  it.each([REPEATED, LONG])('is refused when it ended early: %j', async (end) => {
    await expect(readWholeList(listing(end), 'the list')).rejects.toMatchObject({
      code: 'luma.listing_incomplete',
      message: `the list ended early: ${'reason' in end ? end.reason : ''}`,
    });
  });

  it('throws the error for too many pages only when there were too many', async () => {
    const tooMany = new PermanentError('backfill.too_many', 'too many');
    await expect(readWholeList(listing(LONG), 'the list', () => tooMany)).rejects.toBe(tooMany);
    await expect(readWholeList(listing(REPEATED), 'the list', () => tooMany)).rejects.not.toBe(tooMany);
  });
});

describe('a listing read page by page', () => {
  it('ends with null after the last page', async () => {
    const pages = listing(COMPLETE);
    expect([
      await readNextPage(pages, 'the list'),
      await readNextPage(pages, 'the list'),
      await readNextPage(pages, 'the list'),
    ]).toEqual([...PAGES, null]);
  });

  it('is refused when it ended early', async () => {
    const pages = listing(REPEATED);
    await readNextPage(pages, 'the list');
    await readNextPage(pages, 'the list');
    await expect(readNextPage(pages, 'the list')).rejects.toMatchObject({ code: 'luma.listing_incomplete' });
  });
});
