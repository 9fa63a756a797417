import { type JobContext, MINUTE_MS } from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import type { LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { EventSyncStore, RsvpSyncStore } from '@luma-sync/store';
import type { ApplyEventDeps } from '../event/apply-observed.js';
import { toObservedGuest } from '../guests/observe-guest.js';
import type { LumaAccount } from '../luma-account.js';

export interface MergeGuestDeps {
  events: ApplyEventDeps['events'] & Pick<EventSyncStore, 'find'>;
  rsvps: Pick<RsvpSyncStore, 'applyGuests' | 'findGuest' | 'noteSeen'>;
}

/** Where a delivery belongs, and when Luma signed it. */
export interface GuestDelivery {
  eventId: string;
  lumaEventId: string;
  signedAt: Date;
  payload: LumaWebhookGuest;
}

/** Luma retries for seven minutes; what it says of a guest we have not looked at for longer cannot be older than our look. */
const LATE_WEBHOOK_MS = 10 * MINUTE_MS;

export interface MergedGuest {
  applied: 'added' | 'updated' | 'unchanged' | 'not-ours' | 'unreadable' | 'must-ask';
  /** The guest was read at Luma: whatever was known before that is older. */
  isLookedAt?: boolean;
}

/**
 * Merges the guest a delivery speaks of, under the lease of the event's guests. The payload has no version and may be older than what we know, so
 * where it contradicts something seen within the last minutes the guest is read at Luma; otherwise it is believed, and costs no request.
 *
 * @param call How the guest may be read; null: `must-ask` is returned instead.
 */
export async function mergeGuest(
  { eventId, lumaEventId, signedAt, payload }: GuestDelivery,
  account: LumaAccount,
  deps: MergeGuestDeps,
  ctx: JobContext,
  call: CallOptions | null,
): Promise<MergedGuest> {
  const known = await deps.rsvps.findGuest(eventId, payload.id, payload.user_email);
  const mayBeLate = known !== null && signedAt.getTime() - known.observedAt.getTime() < LATE_WEBHOOK_MS;
  let guest = toObservedGuest(payload);
  if (known?.digest === guest.digest && known.approvalStatus === payload.approval_status) {
    // Noted, so that an older delivery which says otherwise and comes after this one is known to be late; by what we know already it would be.
    if (!mayBeLate) await deps.rsvps.noteSeen(ctx, eventId, payload.id, signedAt);
    return { applied: 'unchanged' };
  }
  if (mayBeLate && call === null) return { applied: 'must-ask' };
  const record = await deps.events.find(eventId);
  if (record?.link == null) return { applied: 'not-ours' };
  let observedAt = signedAt;
  const isLookedAt = mayBeLate && call !== null;
  if (isLookedAt) {
    observedAt = ctx.now();
    const found = await account.api.findGuest(lumaEventId, payload.id, call);
    if (found.kind !== 'found') return { applied: 'unreadable' };
    guest = toObservedGuest(found.record);
  }
  const { added, updated } = await deps.rsvps.applyGuests(ctx, {
    eventId,
    calendarId: account.calendarId,
    source: record.event.source,
    guests: [guest],
    observedAt,
    via: 'webhook',
    trigger: ctx.trigger,
  });
  return { applied: added > 0 ? 'added' : updated > 0 ? 'updated' : 'unchanged', isLookedAt };
}
