import { type JobContext, MINUTE_MS } from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import type { LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { EventSyncStore, RsvpSyncStore } from '@luma-sync/store';
import type { ApplyEventDeps } from '../event/apply-observed.js';
import { toObservedGuest } from '../guests/observe-guest.js';
import type { LumaAccount } from '../luma-account.js';

export interface MergeGuestDeps {
  unreadable: ApplyEventDeps['unreadable'];
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
/** What is older than a delivery may be signed as much later, when it is repeated: until then it is known to be late by what we know already. */
const NOTED_AFTER_MS = LATE_WEBHOOK_MS - 8 * MINUTE_MS;

export interface MergedGuest {
  applied: 'added' | 'updated' | 'unchanged' | 'not-ours' | 'unreadable' | 'must-ask';
  /** The guest was read at Luma and is stored as it was then: whatever was known before that is older. */
  isLookedAt: boolean;
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
  const sinceSeenMs = known === null ? Number.POSITIVE_INFINITY : signedAt.getTime() - known.observedAt.getTime();
  const mayBeLate = sinceSeenMs < LATE_WEBHOOK_MS;
  let guest = toObservedGuest(payload);
  if (known?.digest === guest.digest && known.approvalStatus === payload.approval_status) {
    // Noted, so that an older delivery which says otherwise and comes after this one is known to be late.
    if (sinceSeenMs >= NOTED_AFTER_MS) await deps.rsvps.noteSeen(ctx, eventId, payload.id, signedAt);
    return { applied: 'unchanged', isLookedAt: false };
  }
  if (mayBeLate && call === null) return { applied: 'must-ask', isLookedAt: false };
  const record = await deps.events.find(eventId);
  if (record?.link == null) return { applied: 'not-ours', isLookedAt: false };
  let observedAt = signedAt;
  const isAsked = mayBeLate && call !== null;
  if (isAsked) {
    // A delivery that was believed may bear a moment of Luma's clock, ahead of ours: this look is newer all the same.
    observedAt = new Date(Math.max(ctx.now().getTime(), known?.observedAt.getTime() ?? 0));
    const found = await account.api.findGuest(lumaEventId, payload.id, call);
    if (found.kind !== 'found') return { applied: 'unreadable', isLookedAt: false };
    guest = toObservedGuest(found.record);
  }
  const { added, updated, unchanged, refused } = await deps.rsvps.applyGuests(ctx, {
    eventId,
    calendarId: account.calendarId,
    source: record.event.source,
    guests: [guest],
    observedAt,
    via: 'webhook',
    trigger: ctx.trigger,
  });
  if (refused.length > 0) return { applied: 'unreadable', isLookedAt: false };
  if (isAsked && unchanged > 0) await deps.rsvps.noteSeen(ctx, eventId, payload.id, observedAt);
  // Nothing at all when our answer was changed meanwhile: the push of that reads the guest, and what else waits is left alone.
  const isLookedAt = isAsked && added + updated + unchanged > 0;
  return { applied: added > 0 ? 'added' : updated > 0 ? 'updated' : 'unchanged', isLookedAt };
}
