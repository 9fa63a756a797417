import type { SecondEntry } from '@luma-sync/domain';
import { type JobContext, RetryAfterError } from '@luma-sync/jobs';
import type { LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { CoalescedDelivery, LeaseWait, StoredDelivery, WaitingDelivery } from '@luma-sync/store';
import { applyObservedEvent } from '../event/apply-observed.js';
import { noteForbidden } from '../event/note-forbidden.js';
import { readEvent } from '../event/read-event.js';
import { readSecondEntries } from '../guests/read-second-entries.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type CoalescingInbox, coalesceByReading, coalesceDeliveries, listCoalescable } from './coalesce.js';
import { type GuestLook, type MergeGuestDeps, mergeGuest, readGuestOf } from './merge-guest.js';

export interface ApplyGuestDeps extends MergeGuestDeps {
  inbox: CoalescingInbox;
}

/**
 * Most deliveries speak of what a push has just done, and come while the next push of that event runs. Waited once: it
 * holds a worker's place.
 */
const PATIENCE = { forMs: 2_000, untilAgeMs: 4_000 };

/** Merges the guest a delivery speaks of, and what else waits about the guests of that event. */
export async function applyGuestWebhook(
  payload: LumaWebhookGuest,
  { signedAt }: StoredDelivery,
  account: LumaAccount,
  deps: ApplyGuestDeps,
  ctx: JobContext,
): Promise<{ applied: string; along?: CoalescedDelivery[] }> {
  const run = { account, deps, ctx };
  const lumaEventId = payload.event?.id ?? payload.event_id;
  if (lumaEventId === undefined) return { applied: 'ignored' };
  const known = await findEvent(lumaEventId, account, deps, ctx);
  if ('applied' in known) return known;
  const { eventId } = known;
  const event = { calendarId: account.calendarId, eventId, lumaEventId };
  const delivery = { ...event, signedAt, payload };
  let waiting: WaitingDelivery[] | null = null;
  let look: GuestLook | null = null;
  for (let reads = 0; reads <= READS_MAX; reads += 1) {
    const merge = async () => {
      waiting ??= await listCoalescable(event, deps.inbox, ctx);
      const merged = await mergeGuest(delivery, look, account, deps, ctx);
      if (merged.applied === 'must-ask') return null;
      const lookedAt = new Set(merged.isLookedAt ? [payload.id] : []);
      return { merged, along: await coalesceDeliveries(waiting, event, lookedAt, run) };
    };
    // What was read is lost when the run gives up, so it waits longer with it.
    const end = await deps.rsvps.withGuests(ctx, eventId, merge, look === null ? toLeaseWait(ctx) : LEASE_WAIT);
    if (end !== null) {
      const { taken, open, seconds } = end.along;
      await settleSeconds([...(end.merged.seconds ?? []), ...seconds], event, run);
      return { applied: end.merged.applied, along: [...taken, ...(await coalesceByReading(open, event, run))] };
    }
    if (reads < READS_MAX) look = await readGuestOf(delivery, account, deps, ctx, toCall(ctx, 'sync'));
  }
  const message = `guest ${payload.id} was written each time while the read of them was on its way`;
  throw new RetryAfterError('guest.changed_meanwhile', message, { waitMs: 0 });
}

/** Whichever of the deliveries showed a person under a second entry. */
async function settleSeconds(
  seconds: readonly SecondEntry[],
  { eventId, lumaEventId, calendarId }: { eventId: string; lumaEventId: string; calendarId: string },
  run: Run<ApplyGuestDeps>,
): Promise<void> {
  if (seconds.length === 0) return;
  const { deps, ctx } = run;
  const record = await deps.events.find(eventId);
  if (record === null) return;
  const of = { eventId, lumaEventId, calendarId, source: record.event.source };
  // Luma tells of a registration three times.
  const each = [...new Map(seconds.map((second) => [second.lumaGuestId, second])).values()];
  await readSecondEntries(each, of, toCall(ctx, 'sync'), run);
}

/** Pushes of the event that wrote to the same guest, one during each read: the next run begins anew. */
const READS_MAX = 3;

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
): Promise<{ eventId: string } | { applied: 'not-ours' | 'forbidden' }> {
  const known = await deps.events.findIdByLuma({ eventId: lumaEventId, slug: null, calendarId: account.calendarId });
  if (known !== null) return { eventId: known };
  const { found, ...read } = await readEvent({ eventId: null, lumaEventId }, account, deps, ctx, 'sync');
  if (found.kind === 'forbidden') {
    await noteForbidden(lumaEventId, account, deps);
    return { applied: 'forbidden' };
  }
  if (found.kind !== 'found') return { applied: 'not-ours' };
  const observation = { ...read, seen: found.record, via: 'webhook', isFull: true };
  const { eventId } = await applyObservedEvent(observation, account, deps, ctx);
  return eventId === null ? { applied: 'not-ours' } : { eventId };
}
