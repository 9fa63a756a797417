import type { SecondEntry } from '@luma-sync/domain';
import { type JobContext, RetryAfterError } from '@luma-sync/jobs';
import type { LumaWebhookGuest, WebhookEnvelope } from '@luma-sync/luma-contract';
import type { CoalescedDelivery, InboxSyncStore, WaitingDelivery } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import { toResumableCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type MergedGuest, type MergeGuestDeps, mergeGuest, readGuestOf } from './merge-guest.js';
import { parseDelivery } from './parse-delivery.js';

export type CoalescingInbox = Pick<InboxSyncStore, 'excludeFromCoalescing' | 'listWaiting'>;

const GUEST_TYPES = ['guest.registered', 'guest.updated', 'ticket.registered'] as const;
type AboutGuest = Extract<WebhookEnvelope, { type: (typeof GUEST_TYPES)[number] }>;
const isAboutGuest = (envelope: WebhookEnvelope): envelope is AboutGuest =>
  GUEST_TYPES.some((type) => type === envelope.type);

/** Limits how long a push of the event waits for its guests. */
const COALESCED_MAX = 50;
/** Guests that are read at Luma for coalesced deliveries, one after the other. */
const LOOKS_MAX = 3;
/** Such a read gets a request slot at once or is not made. */
const NO_WAIT = { maxWaitMs: 0 };

/**
 * Lists the deliveries that wait about the guests of an event. An error while listing does not fail the run: it still
 * applies its own delivery. After a failed or dead run nothing is coalesced: a coalesced delivery may be the cause.
 */
export async function listCoalescable(
  event: { calendarId: string; lumaEventId: string },
  inbox: CoalescingInbox,
  ctx: JobContext,
): Promise<WaitingDelivery[]> {
  const { calendarId, lumaEventId: recordKey } = event;
  const query = { calendarId, recordKey, types: GUEST_TYPES, limit: COALESCED_MAX };
  try {
    const isSuspected = ctx.crashes > 0 || ctx.isAlone === true;
    if (!isSuspected && ctx.attempt === 1) return await inbox.listWaiting(query);
    if (isSuspected) await inbox.excludeFromCoalescing(ctx, query);
  } catch (error) {
    ctx.log.warn({ operationId: ctx.operationId, err: error }, 'waiting deliveries could not be listed');
  }
  return [];
}

/** A delivery that can be merged only after a read at Luma. */
interface OpenDelivery extends WaitingDelivery {
  payload: LumaWebhookGuest;
}

/**
 * Coalesces the deliveries that wait about the guests of one event: this run holds the lease of the guests. Luma sends
 * most changes three times, and each delivery of a burst would otherwise wait for the lease. After an error the rest is
 * left to the deliveries' own runs.
 *
 * @param waiting Listed before any guest was read. A guest that was read since is newer than these deliveries.
 * @param lookedAt Luma's ids of guests this run has read since.
 * @returns the coalesced deliveries, those left to {@link coalesceByReading}, and persons who have a second entry.
 */
export async function coalesceDeliveries(
  waiting: readonly WaitingDelivery[],
  event: { eventId: string; lumaEventId: string },
  lookedAt: ReadonlySet<string>,
  { account, deps, ctx }: Run<MergeGuestDeps>,
): Promise<{ taken: CoalescedDelivery[]; open: OpenDelivery[]; seconds: SecondEntry[] }> {
  const taken: CoalescedDelivery[] = [];
  const open: OpenDelivery[] = [];
  const seconds: SecondEntry[] = [];
  try {
    for (const delivery of waiting) {
      const parsed = parseDelivery(delivery.rawBody);
      if (!parsed.ok || !isAboutGuest(parsed.envelope)) continue;
      const payload = parsed.envelope.data;
      if (lookedAt.has(payload.id)) {
        taken.push(toTaken(delivery, 'unchanged'));
        continue;
      }
      // A later delivery about the same guest stays open too: the read is newer than both.
      const isOpen = open.some((earlier) => earlier.payload.id === payload.id);
      const about = { ...event, signedAt: delivery.signedAt, payload };
      const merged = isOpen ? MUST_ASK : await mergeGuest(about, null, account, deps, ctx);
      const { applied } = merged;
      seconds.push(...(merged.seconds ?? []));
      if (applied === 'must-ask') open.push({ ...delivery, payload });
      else if (isStored(applied)) taken.push(toTaken(delivery, applied));
    }
  } catch (error) {
    tellLeft(error, ctx);
  }
  return { taken, open, seconds };
}

/**
 * Reads some of the guests of deliveries that are open, without the lease, and merges each. The rest is left to the
 * deliveries' own runs.
 */
export async function coalesceByReading(
  open: readonly OpenDelivery[],
  event: { eventId: string; lumaEventId: string },
  { account, deps, ctx }: Run<MergeGuestDeps>,
): Promise<CoalescedDelivery[]> {
  const taken: CoalescedDelivery[] = [];
  try {
    for (const guestId of [...new Set(open.map(({ payload }) => payload.id))].slice(0, LOOKS_MAX)) {
      const [first, ...others] = open.filter(({ payload }) => payload.id === guestId);
      if (first === undefined) continue;
      const about = { ...event, signedAt: first.signedAt, payload: first.payload };
      const look = await readGuestOf(about, account, deps, ctx, { ...toResumableCall(ctx, 'sync'), ...NO_WAIT });
      const merge = () => mergeGuest(about, look, account, deps, ctx);
      const { applied, isLookedAt } = await deps.rsvps.withGuests(ctx, event.eventId, merge, LEASE_WAIT);
      if (isStored(applied)) taken.push(toTaken(first, applied));
      if (isLookedAt) taken.push(...others.map((other) => toTaken(other, 'unchanged')));
    }
  } catch (error) {
    tellLeft(error, ctx);
  }
  return taken;
}

const MUST_ASK: MergedGuest = { applied: 'must-ask', isLookedAt: false };

const isStored = (applied: MergedGuest['applied']): applied is 'added' | 'updated' | 'unchanged' =>
  applied === 'added' || applied === 'updated' || applied === 'unchanged';

const toTaken = (
  { id, operationId, type }: WaitingDelivery,
  applied: CoalescedDelivery['applied'],
): CoalescedDelivery => ({
  id,
  operationId,
  type,
  applied,
});

function tellLeft(error: unknown, ctx: JobContext): void {
  const tell = error instanceof RetryAfterError ? ctx.log.debug : ctx.log.warn;
  tell.call(ctx.log, { operationId: ctx.operationId, err: error }, 'a delivery could not be coalesced');
}
