import { type JobContext, MINUTE_MS } from '@luma-sync/jobs';
import type { LumaGuest, LumaWebhookGuest } from '@luma-sync/luma-contract';
import type { EventSyncStore, RsvpSyncStore, StoredDelivery } from '@luma-sync/store';
import { type ApplyEventDeps, applyObservedEvent } from '../event/apply-observed.js';
import { toObservedGuest } from '../guests/observe-guest.js';
import { type LumaAccount, toCall } from '../luma-account.js';

export interface ApplyGuestDeps {
  events: ApplyEventDeps['events'] & Pick<EventSyncStore, 'find'>;
  rsvps: Pick<RsvpSyncStore, 'applyGuests' | 'findGuest' | 'noteSeen' | 'withGuests'>;
}

/**
 * Merges the guest a delivery speaks of. Its payload has no version and may be older than what we know, so where it contradicts something seen
 * within the last minutes the guest is read at Luma; otherwise it is believed, and costs no request.
 */
export async function applyGuestWebhook(
  payload: LumaWebhookGuest,
  delivery: StoredDelivery,
  account: LumaAccount,
  deps: ApplyGuestDeps,
  ctx: JobContext,
): Promise<string> {
  const lumaEventId = payload.event?.id ?? payload.event_id;
  if (lumaEventId === undefined) return 'ignored';
  const eventId = await findEvent(lumaEventId, account, deps, ctx);
  if (eventId === null) return 'not-ours';
  return deps.rsvps.withGuests(ctx, eventId, async () => {
    const record = await deps.events.find(eventId);
    if (record?.link == null) return 'not-ours';
    let guest: LumaGuest = payload;
    let observedAt = delivery.signedAt;
    const known = await deps.rsvps.findGuest(eventId, payload.id, payload.user_email);
    if (known?.digest === toObservedGuest(payload).digest && known.approvalStatus === payload.approval_status) {
      // Noted, so that an older delivery which says otherwise and comes after this one is known to be old.
      await deps.rsvps.noteSeen(ctx, eventId, payload.id, observedAt);
      return 'unchanged';
    }
    if (known !== null && observedAt.getTime() - known.observedAt.getTime() < LATE_WEBHOOK_MS) {
      observedAt = ctx.now();
      const found = await account.api.findGuest(lumaEventId, payload.id, toCall(ctx, 'sync'));
      if (found.kind !== 'found') return 'unreadable';
      guest = found.record;
    }
    const { source } = record.event;
    const sighting = {
      eventId,
      calendarId: account.calendarId,
      source,
      guests: [toObservedGuest(guest)],
      observedAt,
      via: 'webhook',
      trigger: ctx.trigger,
    };
    const { added, updated } = await deps.rsvps.applyGuests(ctx, sighting);
    return added > 0 ? 'added' : updated > 0 ? 'updated' : 'unchanged';
  });
}

/** Luma retries for seven minutes; what it says of a guest we have not looked at for longer cannot be older than our look. */
const LATE_WEBHOOK_MS = 10 * MINUTE_MS;

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
