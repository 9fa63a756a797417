import { earnsCoupon } from '@luma-sync/domain';
import {
  done,
  type guestPull,
  type Handler,
  type JobContext,
  type OutcomeDetails,
  RetryableError,
  skipped,
} from '@luma-sync/jobs';
import type { EventSyncStore, PageExtras, RsvpSyncStore } from '@luma-sync/store';
import { z } from 'zod';
import type { Checkpoints } from '../checkpoints.js';
import { toObservedGuest } from '../guests/observe-guest.js';
import { type LumaAccounts, toResumableCall } from '../luma-account.js';

export interface GuestPullDeps {
  events: Pick<EventSyncStore, 'find'>;
  rsvps: Pick<RsvpSyncStore, 'applyPage' | 'countLinkedGuests' | 'markPulled' | 'withGuests'>;
  checkpoints: Pick<Checkpoints, 'read'>;
  luma: LumaAccounts;
}

/** Where an interrupted pull goes on. Written with the page it describes. */
const checkpointSchema = z.object({
  cursor: z.string().optional(),
  seen: z.number(),
  added: z.number(),
  updated: z.number(),
  unknownStatus: z.number(),
  couponsAssigned: z.number(),
  couponsMissing: z.number(),
  isComplete: z.boolean().default(false),
});
type Checkpoint = z.infer<typeof checkpointSchema>;

const START: Checkpoint = {
  seen: 0,
  added: 0,
  updated: 0,
  unknownStatus: 0,
  couponsAssigned: 0,
  couponsMissing: 0,
  isComplete: false,
};

/** Lists the guests page by page; each page is one commit with the cursor behind it, so a crash repeats at most one page. */
export const handleGuestPull: Handler<typeof guestPull, GuestPullDeps> = async (payload, deps, ctx) => {
  const { eventId } = payload;
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const { event, link } = record;
  if (link === null || link.lumaEventId === null) return skipped('not-at-luma');
  if (link.state === 'source_deleted') return skipped('source-deleted');
  const account = await deps.luma.open(link.calendarId);
  const total = (await deps.rsvps.countLinkedGuests(eventId)) || null;
  let at = checkpointSchema.safeParse(await deps.checkpoints.read(ctx.operationId)).data ?? START;

  const filter = {
    event_id: link.lumaEventId,
    ...(payload.approvalStatus === null ? {} : { approval_status: payload.approvalStatus }),
  };
  // Oldest first: guests who register while we read come at the end, where they are still seen.
  const query = {
    ...filter,
    sort_column: 'created_at' as const,
    sort_direction: 'asc' as const,
    pagination_limit: PAGE_SIZE,
  };
  const listing = account.api.listAllGuests(query, toResumableCall(ctx, 'bulk'), { cursor: at.cursor });
  const takePage = async (): Promise<void> => {
    const observedAt = ctx.now();
    const step = await listing.next();
    if (step.done === true) {
      if (step.value.complete) {
        at = { ...at, isComplete: true };
        return;
      }
      if (step.value.reason === 'page-failed') throw step.value.error;
      throw new RetryableError(
        'luma.listing_incomplete',
        `the guest list of ${link.lumaEventId} ended early: ${step.value.reason}`,
      );
    }
    const { entries, cursor } = step.value;
    const guests = entries.map(toObservedGuest);
    const sighting = {
      eventId,
      calendarId: link.calendarId,
      source: event.source,
      guests,
      observedAt,
      via: 'pull',
      trigger: ctx.trigger,
    };
    const coupons: PageExtras['coupons'] = payload.assignCoupons
      ? {
          guestIds: guests.filter((guest) => earnsCoupon(guest.approvalStatus)).map((guest) => guest.lumaGuestId),
          sendEmails: payload.sendEmails,
          actor: 'guest.pull',
        }
      : null;
    const before = at;
    const page = await deps.rsvps.applyPage(ctx, sighting, {
      coupons,
      checkpoint: (applied) => {
        at = {
          ...before,
          cursor,
          // The last page says so: a run that dies after it does not start over.
          isComplete: cursor === undefined,
          seen: before.seen + guests.length,
          added: before.added + applied.added,
          updated: before.updated + applied.updated,
          unknownStatus: before.unknownStatus + applied.unknownStatus,
        };
        return at;
      },
    });
    at = withCoupons(at, page.coupons);
    await ctx.report({ done: at.seen, total: total === null ? null : Math.max(total, at.seen) });
  };
  // The guests are ours for one page at a time: what a person does meanwhile does not wait for the whole list.
  while (!at.isComplete) await deps.rsvps.withGuests(ctx, eventId, takePage);
  await deps.rsvps.markPulled(eventId, ctx.now());
  return done(toDetails(at, ctx));
};

/** Asked for, never relied on: Luma decides how many rows a page has. */
const PAGE_SIZE = 100;

function withCoupons(at: Checkpoint, pools: Awaited<ReturnType<RsvpSyncStore['applyPage']>>['coupons']): Checkpoint {
  const assigned = (pools ?? []).reduce((sum, pool) => sum + pool.assigned, 0);
  const missing = (pools ?? []).reduce((sum, pool) => sum + pool.outOfCodes, 0);
  return { ...at, couponsAssigned: at.couponsAssigned + assigned, couponsMissing: at.couponsMissing + missing };
}

function toDetails(
  { cursor: _cursor, isComplete: _isComplete, ...counts }: Checkpoint,
  ctx: JobContext,
): OutcomeDetails {
  if (counts.couponsMissing > 0)
    ctx.log.warn({ operationId: ctx.operationId, missing: counts.couponsMissing }, 'a coupon pool ran out of codes');
  return counts;
}
