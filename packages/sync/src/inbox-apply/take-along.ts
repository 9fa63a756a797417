import type { SecondEntry } from '@luma-sync/domain';
import { type JobContext, RetryAfterError } from '@luma-sync/jobs';
import type { LumaWebhookGuest, WebhookEnvelope } from '@luma-sync/luma-contract';
import type { InboxSyncStore, TakenAlong, WaitingDelivery } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import { toResumableCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type MergedGuest, type MergeGuestDeps, mergeGuest, readGuestOf } from './merge-guest.js';
import { parseDelivery } from './parse-delivery.js';

export type AlongInbox = Pick<InboxSyncStore, 'leaveAlone' | 'listWaiting'>;

const GUEST_TYPES = ['guest.registered', 'guest.updated', 'ticket.registered'] as const;
type AboutGuest = Extract<WebhookEnvelope, { type: (typeof GUEST_TYPES)[number] }>;
const isAboutGuest = (envelope: WebhookEnvelope): envelope is AboutGuest =>
  GUEST_TYPES.some((type) => type === envelope.type);

/** A push of the event may be waiting for its guests. */
const ALONG_MAX = 50;
/** Guests that are read at Luma for deliveries which were taken along, one after the other. */
const LOOKS_MAX = 3;
/** Such a look happens at once or not at all. */
const NO_WAIT = { maxWaitMs: 0 };

/**
 * What waits about the guests of an event. Whatever keeps it from being listed, the run has its own delivery to apply.
 * When an earlier run of it failed or died, what it took along may be the cause: nothing is, then.
 */
export async function listAlong(
  event: { calendarId: string; lumaEventId: string },
  inbox: AlongInbox,
  ctx: JobContext,
): Promise<WaitingDelivery[]> {
  const { calendarId, lumaEventId: recordKey } = event;
  const query = { calendarId, recordKey, types: GUEST_TYPES, limit: ALONG_MAX };
  try {
    const isSuspected = ctx.crashes > 0 || ctx.isAlone === true;
    if (!isSuspected && ctx.attempt === 1) return await inbox.listWaiting(query);
    if (isSuspected) await inbox.leaveAlone(ctx, query);
  } catch (error) {
    ctx.log.warn({ operationId: ctx.operationId, err: error }, 'waiting deliveries could not be listed');
  }
  return [];
}

/** A delivery of which only a read at Luma can tell what it is worth. */
interface OpenDelivery extends WaitingDelivery {
  payload: LumaWebhookGuest;
}

/**
 * Applies what else waits about the guests of the event whose guests this run holds: Luma says most things three times,
 * and a burst would otherwise take turns one by one. Whatever goes wrong is left to the deliveries' own runs.
 *
 * @param waiting Listed before any guest was read: what it says of a guest who was read since is not newer than that
 *   look.
 * @param lookedAt Luma's ids of guests this run has read since.
 * @returns what was taken along, what is left to {@link lookAlong}, and persons who showed under a second entry.
 */
export async function takeAlong(
  waiting: readonly WaitingDelivery[],
  event: { eventId: string; lumaEventId: string },
  lookedAt: ReadonlySet<string>,
  { account, deps, ctx }: Run<MergeGuestDeps>,
): Promise<{ taken: TakenAlong[]; open: OpenDelivery[]; seconds: SecondEntry[] }> {
  const taken: TakenAlong[] = [];
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
      // What was signed after a delivery that is open waits with it: the look is newer than both.
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
export async function lookAlong(
  open: readonly OpenDelivery[],
  event: { eventId: string; lumaEventId: string },
  { account, deps, ctx }: Run<MergeGuestDeps>,
): Promise<TakenAlong[]> {
  const taken: TakenAlong[] = [];
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

const toTaken = ({ id, operationId, type }: WaitingDelivery, applied: TakenAlong['applied']): TakenAlong => ({
  id,
  operationId,
  type,
  applied,
});

function tellLeft(error: unknown, ctx: JobContext): void {
  const tell = error instanceof RetryAfterError ? ctx.log.debug : ctx.log.warn;
  tell.call(ctx.log, { operationId: ctx.operationId, err: error }, 'a delivery could not be taken along');
}
