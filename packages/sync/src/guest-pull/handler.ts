import {
  done,
  type guestPull,
  type Handler,
  type JobContext,
  type OutcomeDetails,
  type PayloadOf,
  skipped,
} from '@luma-sync/jobs';
import type { ListedPage, Listing } from '@luma-sync/luma-client';
import type { LumaGuest } from '@luma-sync/luma-contract';
import type { AppliedGuests, EventSyncStore, GuestRemovals, GuestsObservation, RsvpSyncStore } from '@luma-sync/store';
import type { Checkpoints } from '../checkpoints.js';
import { toObservedGuest } from '../guests/observe-guest.js';
import { toShown } from '../guests/odd-guests.js';
import { type ReadContestedDeps, readContested } from '../guests/read-contested.js';
import { type ReadSecondEntriesDeps, readSecondEntries } from '../guests/read-second-entries.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccounts, toResumableCall } from '../luma-account.js';
import { assertComplete, readNextPage } from '../read-listing.js';
import type { GuestsOf } from '../rsvp-push/read-guests.js';
import type { Run } from '../run.js';
import { type Checkpoint, checkpointSchema, toStart } from './checkpoint.js';
import { type ServeCouponsDeps, serveCoupons } from './serve-coupons.js';
import { type SettledMissing, type SettleMissingDeps, settleMissing } from './settle-missing.js';

export interface GuestPullDeps extends ServeCouponsDeps, SettleMissingDeps {
  events: Pick<EventSyncStore, 'find'>;
  rsvps: SettleMissingDeps['rsvps'] &
    ReadContestedDeps['rsvps'] &
    ReadSecondEntriesDeps['rsvps'] &
    Pick<RsvpSyncStore, 'applyPage' | 'countLinkedGuests' | 'markPulled'>;
  removals: SettleMissingDeps['removals'] & Pick<GuestRemovals, 'finish'>;
  checkpoints: Pick<Checkpoints, 'read'>;
  luma: LumaAccounts;
}

/**
 * Lists the guests page by page; each page is one commit with the cursor behind it, so a crash repeats at most one
 * page. What follows from the list as a whole, coupons and removals, waits until it is complete.
 */
export const handleGuestPull: Handler<typeof guestPull, GuestPullDeps> = async (payload, deps, ctx) => {
  const { eventId, approvalStatus } = payload;
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const { event, link } = record;
  if (link === null || link.lumaEventId === null) return skipped('not-at-luma');
  if (link.state === 'source_deleted') return skipped('source-deleted');
  const account = await deps.luma.open(link.calendarId);
  const of: GuestsOf = { eventId, lumaEventId: link.lumaEventId, calendarId: link.calendarId, source: event.source };
  const stored = checkpointSchema.safeParse(await deps.checkpoints.read(ctx.operationId));
  let at = await listGuests(stored.data ?? toStart(ctx.now()), of, approvalStatus, { account, deps, ctx });
  if (payload.assignCoupons) at = await serveCoupons(at, payload, link.calendarId, deps, ctx);
  const startedAt = new Date(at.startedAt);
  // A list of some of the guests says nothing about the others.
  const missing = approvalStatus === null ? await settleMissing(of, startedAt, account, deps, ctx) : NONE_MISSING;
  await deps.removals.finish(ctx);
  if (approvalStatus === null) await deps.rsvps.markPulled(eventId, startedAt);
  return done(toDetails(at, missing, ctx));
};

/** Asked for, never relied on: Luma decides how many rows a page has. */
const PAGE_SIZE = 100;
const NONE_MISSING: SettledMissing = { missing: 0, removed: 0, isAsked: false };

async function listGuests(
  start: Checkpoint,
  of: GuestsOf,
  approvalStatus: PayloadOf<'guest.pull'>['approvalStatus'],
  run: Run<GuestPullDeps>,
): Promise<Checkpoint> {
  const { account, deps, ctx } = run;
  let at = start;
  const total = (await deps.rsvps.countLinkedGuests(of.eventId)) || null;
  const query = toQuery(of.lumaEventId, approvalStatus);
  const listing = account.api.listAllGuests(query, toResumableCall(ctx, 'bulk'), { cursor: at.cursor });
  while (!at.isComplete) {
    const read = await readPage(listing, of, deps, ctx);
    if (read === null) {
      at = { ...at, isComplete: true };
      break;
    }
    const { observation, odd, cursor } = read;
    const before = at;
    const extras = {
      page: before.pages,
      alsoShown: toShown(odd),
      checkpoint: (applied: AppliedGuests) => {
        at = {
          ...before,
          cursor,
          // The last page says so: a run that dies after it does not start over.
          isComplete: cursor === undefined,
          pages: before.pages + 1,
          seen: before.seen + observation.guests.length,
          unreadable: before.unreadable + odd.filter(({ isRead }) => !isRead).length + applied.refused.length,
          added: before.added + applied.added,
          updated: before.updated + applied.updated,
          unknownStatus: before.unknownStatus + applied.unknownStatus,
        };
        return at;
      },
    };
    // The guests are held for the commit alone: a push does not wait for a slot or an answer of the pull.
    const { contested, seconds } = await deps.rsvps.withGuests(
      ctx,
      of.eventId,
      () => deps.rsvps.applyPage(ctx, observation, extras),
      LEASE_WAIT,
    );
    const call = toResumableCall(ctx, 'bulk');
    await readContested(contested, of, call, run);
    const moved = await readSecondEntries(seconds, of, call, run);
    at = { ...at, updated: at.updated + moved.updated };
    await ctx.report({ done: at.seen, total: total === null ? null : Math.max(total, at.seen) });
  }
  return at;
}

/** Oldest first: guests who register while we read come at the end, where they are still seen. */
const toQuery = (lumaEventId: string, approvalStatus: PayloadOf<'guest.pull'>['approvalStatus']) => ({
  event_id: lumaEventId,
  ...(approvalStatus === null ? {} : { approval_status: approvalStatus }),
  sort_column: 'created_at' as const,
  sort_direction: 'asc' as const,
  pagination_limit: PAGE_SIZE,
});

interface ReadPage {
  observation: GuestsObservation;
  odd: ListedPage<LumaGuest>['odd'];
  cursor: string | undefined;
}

/** @returns null after the end of a complete list. */
async function readPage(
  listing: Listing<LumaGuest>,
  of: GuestsOf,
  deps: GuestPullDeps,
  ctx: JobContext,
): Promise<ReadPage | null> {
  const { eventId, calendarId, source } = of;
  const unleasedSince = await deps.rsvps.beginRead(eventId);
  const observedAt = ctx.now();
  const what = `the guest list of ${of.lumaEventId}`;
  const page = await readNextPage(listing, what);
  if (page === null) return null;
  const { entries, odd, cursor } = page;
  // After the last page the listing makes no request any more: it says how it ended.
  const end = cursor === undefined ? await listing.next() : null;
  // An end that is none, a cursor that repeats above all: the page is read again by the next run, and nothing follows
  // from the others.
  if (end?.done === true) assertComplete(end.value, what);
  const guests = entries.map(toObservedGuest);
  const read = { observedAt, unleasedSince, via: 'pull', trigger: ctx.trigger };
  return { observation: { eventId, calendarId, source, guests, ...read }, odd, cursor };
}

function toDetails(at: Checkpoint, { missing, removed, isAsked }: SettledMissing, ctx: JobContext): OutcomeDetails {
  const { seen, added, updated, unreadable, unknownStatus, couponsAssigned, couponsMissing, couponsHeld } = at;
  const { operationId } = ctx;
  if (couponsHeld > 0) ctx.log.warn({ operationId, held: couponsHeld }, 'too many to mail coupons to without a word');
  if (isAsked) ctx.log.warn({ operationId, missing }, 'too many guests are missing; a person is asked');
  return {
    seen,
    added,
    updated,
    unreadable,
    unknownStatus,
    couponsAssigned,
    couponsMissing,
    couponsHeld,
    missing,
    removed,
    isAsked,
  };
}
