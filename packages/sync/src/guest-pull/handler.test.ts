import { beforeEach, describe, expect, it } from '@jest/globals';
import { type JobContext, RetryableError } from '@luma-sync/jobs';
import type { ListedPage, ListingEnd } from '@luma-sync/luma-client';
import type { LumaGuest } from '@luma-sync/luma-contract';
import { aLink, anEvent } from '../../test/builders.js';
import { type GuestPullDeps, handleGuestPull } from './handler.js';

const guest = (n: number) => ({ id: `gst-${n}`, user_email: `${n}@example.org`, approval_status: 'approved' });

/** What a pull did, in order. */
let done: string[];
beforeEach(() => {
  done = [];
});

/** Pulls a list of two pages that ends as given, and wants coupons for everybody on it. */
async function pull(end: ListingEnd): Promise<unknown> {
  async function* listAllGuests(): AsyncGenerator<ListedPage<LumaGuest>, ListingEnd, undefined> {
    yield { entries: [guest(1)] as LumaGuest[], odd: [], cursor: 'next' };
    // The last page a listing reads has no cursor to go on from, whatever ended it.
    yield { entries: [guest(2)] as LumaGuest[], odd: [], cursor: undefined };
    return end;
  }
  const say = (what: string, answer?: unknown) => async () => {
    done.push(what);
    return answer;
  };
  const deps = {
    events: { find: async () => ({ event: anEvent(), link: aLink() }) },
    luma: { open: async () => ({ calendarId: 'cal', api: { listAllGuests } }) },
    checkpoints: { read: async () => null },
    rsvps: {
      countLinkedGuests: async () => 0,
      beginRead: async () => new Date(),
      withGuests: (_ctx: unknown, _eventId: string, work: () => Promise<unknown>) => work(),
      applyPage: async (
        _ctx: unknown,
        _observation: unknown,
        { checkpoint }: { checkpoint: (applied: object) => void },
      ) => {
        done.push('page');
        checkpoint({ added: 1, updated: 0, unknownStatus: 0, refused: [] });
        return { contested: [], seconds: [] };
      },
      markPulled: say('pulled'),
    },
    removals: { review: say('review', { missing: 0, due: [], isAsked: false }), finish: say('finish') },
    coupons: {
      serve: async (_ctx: unknown, _request: unknown, checkpoint: (served: object) => void) => {
        done.push('coupons');
        checkpoint({ assigned: 2, outOfCodes: 0, held: 0, mailed: 0, next: null });
        return { warnings: [] };
      },
    },
  } as unknown as GuestPullDeps;
  const ctx = {
    operationId: 'o',
    now: () => new Date('2030-03-16T12:00:00Z'),
    report: async () => {},
    signal: new AbortController().signal,
    log: { warn() {} },
  } as unknown as JobContext;
  const payload = { eventId: 'e', assignCoupons: true, sendEmails: false, approvalStatus: null };
  return handleGuestPull(payload, deps, ctx);
}

describe('a list of guests', () => {
  it('that is whole is followed by coupons and by a look at who is missing', async () => {
    await pull({ complete: true, pages: 2 });
    expect(done).toEqual(['page', 'page', 'coupons', 'review', 'finish', 'pulled']);
  });

  it.each(['cursor-repeated', 'cursor-missing', 'too-many-pages'] as const)(
    'T9 that ended without its end (%s) is none: nothing follows from it, and it is read again',
    async (reason) => {
      const pulling = pull({ complete: false, pages: 2, reason });
      await expect(pulling).rejects.toBeInstanceOf(RetryableError);
      await expect(pulling).rejects.toMatchObject({ code: 'luma.listing_incomplete' });
      expect(done).toEqual(['page']);
    },
  );
});
