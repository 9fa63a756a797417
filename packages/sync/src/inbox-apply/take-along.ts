import type { JobContext } from '@luma-sync/jobs';
import type { WebhookEnvelope } from '@luma-sync/luma-contract';
import type { InboxSyncStore, TakenAlong } from '@luma-sync/store';
import type { LumaAccount } from '../luma-account.js';
import { type MergeGuestDeps, mergeGuest } from './merge-guest.js';
import { parseDelivery } from './parse-delivery.js';

export interface TakeAlongDeps extends MergeGuestDeps {
  inbox: Pick<InboxSyncStore, 'listWaiting'>;
}

const GUEST_TYPES = ['guest.registered', 'guest.updated', 'ticket.registered'] as const;
type AboutGuest = Extract<WebhookEnvelope, { type: (typeof GUEST_TYPES)[number] }>;
const isAboutGuest = (envelope: WebhookEnvelope): envelope is AboutGuest =>
  GUEST_TYPES.some((type) => type === envelope.type);

/** A push of the event may be waiting for its guests. */
const ALONG_MAX = 25;

/**
 * Applies what else waits about the guests of the event whose guests this run holds, as far as it costs no request: Luma says most things three
 * times, and a burst would otherwise take turns one by one. The rest, and whatever goes wrong, is left to the deliveries' own runs.
 */
export async function takeAlong(
  at: { eventId: string; lumaEventId: string },
  account: LumaAccount,
  deps: TakeAlongDeps,
  ctx: JobContext,
): Promise<TakenAlong[]> {
  const taken: TakenAlong[] = [];
  try {
    const waiting = await deps.inbox.listWaiting({
      calendarId: account.calendarId,
      recordKey: at.lumaEventId,
      types: GUEST_TYPES,
      limit: ALONG_MAX,
    });
    for (const { id, operationId, type, rawBody, signedAt } of waiting) {
      const parsed = parseDelivery(rawBody);
      if (!parsed.ok || !isAboutGuest(parsed.envelope)) continue;
      const delivery = { ...at, signedAt, payload: parsed.envelope.data };
      const applied = await mergeGuest(delivery, account, deps, ctx, false);
      if (applied === 'added' || applied === 'updated' || applied === 'unchanged')
        taken.push({ id, operationId, type, applied });
    }
  } catch (error) {
    ctx.log.warn({ operationId: ctx.operationId, err: error }, 'deliveries could not be taken along');
  }
  return taken;
}
