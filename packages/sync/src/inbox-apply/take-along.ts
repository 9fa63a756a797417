import { type JobContext, RetryAfterError } from '@luma-sync/jobs';
import type { WebhookEnvelope } from '@luma-sync/luma-contract';
import type { InboxSyncStore, TakenAlong, WaitingDelivery } from '@luma-sync/store';
import { type LumaAccount, toResumableCall } from '../luma-account.js';
import { type MergeGuestDeps, mergeGuest } from './merge-guest.js';
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
 * What waits about the guests of an event. Whatever keeps it from being listed, the run has its own delivery to apply. When an earlier run of it
 * failed or died, what it took along may be the cause: nothing is, then.
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

/**
 * Applies what else waits about the guests of the event whose guests this run holds: Luma says most things three times, and a burst would
 * otherwise take turns one by one. The rest, and whatever goes wrong, is left to the deliveries' own runs.
 *
 * @param waiting  Listed before any guest was read: what it says of a guest who was read since is not newer than that look.
 * @param lookedAt Luma's ids of guests this run has read since.
 */
export async function takeAlong(
  waiting: readonly WaitingDelivery[],
  event: { eventId: string; lumaEventId: string },
  lookedAt: Set<string>,
  account: LumaAccount,
  deps: MergeGuestDeps,
  ctx: JobContext,
): Promise<TakenAlong[]> {
  const taken: TakenAlong[] = [];
  let looks = 0;
  try {
    for (const { id, operationId, type, rawBody, signedAt } of waiting) {
      const parsed = parseDelivery(rawBody);
      if (!parsed.ok || !isAboutGuest(parsed.envelope)) continue;
      const payload = parsed.envelope.data;
      if (lookedAt.has(payload.id)) {
        taken.push({ id, operationId, type, applied: 'unchanged' });
        continue;
      }
      const call = looks < LOOKS_MAX ? { ...toResumableCall(ctx, 'sync'), ...NO_WAIT } : null;
      const { applied, isLookedAt } = await mergeGuest({ ...event, signedAt, payload }, account, deps, ctx, call);
      if (isLookedAt) {
        lookedAt.add(payload.id);
        looks += 1;
      }
      if (applied === 'added' || applied === 'updated' || applied === 'unchanged')
        taken.push({ id, operationId, type, applied });
    }
  } catch (error) {
    const tell = error instanceof RetryAfterError ? ctx.log.debug : ctx.log.warn;
    tell.call(ctx.log, { operationId: ctx.operationId, err: error }, 'a delivery could not be taken along');
  }
  return taken;
}
