import type { JobContext } from '@luma-sync/jobs';
import type { LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { LeaseWait, RsvpSyncStore, StoredDelivery, TakenAlong } from '@luma-sync/store';
import { applyObservedEvent } from '../event/apply-observed.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import { type MergeGuestDeps, mergeGuest } from './merge-guest.js';
import { type AlongInbox, listAlong, takeAlong } from './take-along.js';

export interface ApplyGuestDeps extends MergeGuestDeps {
  inbox: AlongInbox;
  rsvps: MergeGuestDeps['rsvps'] & Pick<RsvpSyncStore, 'withGuests'>;
}

/** Most deliveries speak of what a push has just done, and come while the next push of that event runs. Waited once: it holds a worker's place. */
const PATIENCE = { forMs: 2_000, untilAgeMs: 4_000 };

/** Merges the guest a delivery speaks of, and what else waits about the guests of that event. */
export async function applyGuestWebhook(
  payload: LumaWebhookGuest,
  { signedAt }: StoredDelivery,
  account: LumaAccount,
  deps: ApplyGuestDeps,
  ctx: JobContext,
): Promise<{ applied: string; along?: TakenAlong[] }> {
  const lumaEventId = payload.event?.id ?? payload.event_id;
  if (lumaEventId === undefined) return { applied: 'ignored' };
  const eventId = await findEvent(lumaEventId, account, deps, ctx);
  if (eventId === null) return { applied: 'not-ours' };
  const event = { calendarId: account.calendarId, eventId, lumaEventId };
  const apply = async () => {
    const waiting = await listAlong(event, deps.inbox, ctx);
    const call = toCall(ctx, 'sync');
    const { applied, isLookedAt } = await mergeGuest({ ...event, signedAt, payload }, account, deps, ctx, call);
    const lookedAt = new Set(isLookedAt ? [payload.id] : []);
    return { applied, along: await takeAlong(waiting, event, lookedAt, account, deps, ctx) };
  };
  return deps.rsvps.withGuests(ctx, eventId, apply, toLeaseWait(ctx));
}

function toLeaseWait(ctx: JobContext): LeaseWait {
  const waitedMs = ctx.now().getTime() - ctx.createdAt.getTime();
  return { waitedMs, patienceMs: waitedMs < PATIENCE.untilAgeMs ? PATIENCE.forMs : 0 };
}

/** A guest may come before the news of their event: then the event is read and taken in first. */
async function findEvent(
  lumaEventId: string,
  account: LumaAccount,
  deps: ApplyGuestDeps,
  ctx: JobContext,
): Promise<string | null> {
  const eventId = await deps.events.findIdByLuma({ eventId: lumaEventId, slug: null, calendarId: account.calendarId });
  if (eventId !== null) return eventId;
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toCall(ctx, 'sync'));
  if (found.kind !== 'found') return null;
  const sighting = { seen: found.record, observedAt, via: 'webhook', isFull: true, isFresh: true } as const;
  return (await applyObservedEvent(sighting, account, deps, ctx)).eventId;
}
