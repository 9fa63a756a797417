import type { SecondEntry } from '@luma-sync/domain';
import { type JobContext, MINUTE_MS } from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import type { LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { EventSyncStore, ObservedGuest, RsvpSyncStore } from '@luma-sync/store';
import type { ApplyEventDeps } from '../event/apply-observed.js';
import { toGuestEmail, toObservedGuest } from '../guests/observe-guest.js';
import type { LumaAccount } from '../luma-account.js';

export interface MergeGuestDeps {
  unreadable: ApplyEventDeps['unreadable'];
  events: ApplyEventDeps['events'] & Pick<EventSyncStore, 'find'>;
  rsvps: Pick<RsvpSyncStore, 'applyGuests' | 'beginRead' | 'findGuest' | 'moveToEntry' | 'noteSeen' | 'withGuests'>;
}

/** Where a delivery belongs, and when Luma signed it. */
export interface GuestDelivery {
  eventId: string;
  lumaEventId: string;
  signedAt: Date;
  payload: LumaWebhookGuest;
}

/**
 * Luma retries for seven minutes; what it says of a guest we have not looked at for longer cannot be older than our
 * look.
 */
const LATE_WEBHOOK_MS = 10 * MINUTE_MS;
/**
 * What is older than a delivery may be signed as much later, when it is repeated: until then it is known to be late by
 * what we know already.
 */
const NOTED_AFTER_MS = LATE_WEBHOOK_MS - 8 * MINUTE_MS;

export interface MergedGuest {
  /** `must-ask`: only a read at Luma can tell whether the delivery or what we know is newer. Nothing was stored. */
  applied: 'added' | 'updated' | 'unchanged' | 'not-ours' | 'unreadable' | 'must-ask';
  /** The guest was read at Luma and is stored as it was then: whatever was known before that is older. */
  isLookedAt: boolean;
  /** The guest is another entry of a person whose answer is linked to one already. */
  seconds?: readonly SecondEntry[];
}

/** The guest of a delivery as a read shows it that was made without the lease of the event's guests. */
export interface GuestLook {
  /** Null when the guest cannot be read. */
  guest: ObservedGuest | null;
  observedAt: Date;
  unleasedSince: Date;
}

/**
 * Reads the guest a delivery speaks of. The caller holds no lease: a push does not wait for the slot and the answer.
 */
export async function readGuestOf(
  { eventId, lumaEventId, payload }: GuestDelivery,
  account: LumaAccount,
  deps: MergeGuestDeps,
  ctx: JobContext,
  call: CallOptions,
): Promise<GuestLook> {
  const unleasedSince = await deps.rsvps.beginRead(eventId);
  const known = await deps.rsvps.findGuest(eventId, payload.id, toGuestEmail(payload));
  // A delivery that was believed may bear a moment of Luma's clock, ahead of ours: this look is newer all the same.
  const observedAt = new Date(Math.max(ctx.now().getTime(), known?.observedAt.getTime() ?? 0));
  const found = await account.api.findGuest(lumaEventId, payload.id, call);
  return { guest: found.kind === 'found' ? toObservedGuest(found.record) : null, observedAt, unleasedSince };
}

/**
 * Merges the guest a delivery speaks of, under the lease of the event's guests. The payload has no version and may be
 * older than what we know, so where it contradicts something seen within the last minutes the guest has to be read at
 * Luma; otherwise it is believed, and costs no request.
 *
 * @param look Such a read, which was made for this delivery; null when there was none.
 */
export async function mergeGuest(
  { eventId, signedAt, payload }: GuestDelivery,
  look: GuestLook | null,
  account: LumaAccount,
  deps: MergeGuestDeps,
  ctx: JobContext,
): Promise<MergedGuest> {
  const known = await deps.rsvps.findGuest(eventId, payload.id, toGuestEmail(payload));
  const sinceSeenMs = known === null ? Number.POSITIVE_INFINITY : signedAt.getTime() - known.observedAt.getTime();
  const shown = toObservedGuest(payload);
  const isSameAddress = known?.address === undefined || known.address === shown.address;
  if (known?.digest === shown.digest && known.approvalStatus === payload.approval_status && isSameAddress) {
    // Noted, so that an older delivery which says otherwise and comes after this one is known to be late.
    if (sinceSeenMs >= NOTED_AFTER_MS) await deps.rsvps.noteSeen(ctx, eventId, payload.id, signedAt);
    return { applied: 'unchanged', isLookedAt: false };
  }
  const mayBeLate = sinceSeenMs < LATE_WEBHOOK_MS;
  if (mayBeLate && look === null) return { applied: 'must-ask', isLookedAt: false };
  const record = await deps.events.find(eventId);
  if (record?.link == null) return { applied: 'not-ours', isLookedAt: false };
  if (look !== null && look.guest === null) return { applied: 'unreadable', isLookedAt: false };
  const { observedAt, ...read } =
    look === null ? { observedAt: signedAt } : { observedAt: look.observedAt, unleasedSince: look.unleasedSince };
  const { added, updated, unchanged, refused, contested, seconds } = await deps.rsvps.applyGuests(ctx, {
    eventId,
    calendarId: account.calendarId,
    source: record.event.source,
    guests: [look?.guest ?? shown],
    observedAt,
    ...read,
    via: 'webhook',
    trigger: ctx.trigger,
  });
  if (refused.length > 0) return { applied: 'unreadable', isLookedAt: false };
  // A push wrote while the read was on its way: another read tells.
  if (contested.length > 0) return { applied: 'must-ask', isLookedAt: false };
  if (look !== null && unchanged > 0) await deps.rsvps.noteSeen(ctx, eventId, payload.id, observedAt);
  // Nothing at all when our answer was changed meanwhile: the push of that reads the guest, and what else waits is left
  // alone.
  const isLookedAt = look !== null && added + updated + unchanged > 0;
  return { applied: added > 0 ? 'added' : updated > 0 ? 'updated' : 'unchanged', isLookedAt, seconds };
}
