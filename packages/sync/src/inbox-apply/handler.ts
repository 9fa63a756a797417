import {
  done,
  type Handler,
  type inboxApply,
  type JobContext,
  PermanentError,
  RetryAfterError,
  skipped,
} from '@luma-sync/jobs';
import type { WebhookEnvelope } from '@luma-sync/luma-contract';
import type { CoalescedDelivery, EventSyncStore, InboxSyncStore, StoredDelivery } from '@luma-sync/store';
import { type ApplyEventDeps, applyObservedEvent, type EventObservation } from '../event/apply-observed.js';
import { noteForbidden } from '../event/note-forbidden.js';
import { markGone, type ReadEventDeps, readEvent } from '../event/read-event.js';
import type { LumaAccount, LumaAccounts } from '../luma-account.js';
import { type ApplyGuestDeps, applyGuestWebhook } from './apply-guest.js';
import { noteDelivery, type UnreadableNotes } from './note-delivery.js';
import { parseDelivery } from './parse-delivery.js';

export interface InboxApplyDeps extends ApplyGuestDeps {
  unreadable: UnreadableNotes;
  inbox: ApplyGuestDeps['inbox'] & Pick<InboxSyncStore, 'find' | 'settle'>;
  events: ApplyEventDeps['events'] & ReadEventDeps['events'] & Pick<EventSyncStore, 'markSourceDeleted'>;
  luma: LumaAccounts;
}

/**
 * Applies one stored delivery. What it says is an observation and merges like any other; applying it twice changes
 * nothing.
 */
export const handleInboxApply: Handler<typeof inboxApply, InboxApplyDeps> = async ({ deliveryId }, deps, ctx) => {
  const delivery = await deps.inbox.find(deliveryId);
  if (delivery === null || delivery.rawBody === null) return skipped('delivery-expired');
  if (delivery.state === 'applied') return skipped('already-applied');
  const parsed = parseDelivery(delivery.rawBody);
  await noteDelivery(parsed, delivery, deps.unreadable);
  if (!parsed.ok) {
    throw new PermanentError(
      'inbox.unreadable',
      `delivery ${deliveryId} of type ${parsed.type ?? 'unknown'} cannot be read: ${parsed.fields.join(', ')}`,
    );
  }
  const account = await deps.luma.open(delivery.calendarId);
  const { applied, along = [] } = await applyEnvelope(parsed.envelope, delivery, account, deps, ctx);
  const isIgnored = IGNORED.has(applied);
  await deps.inbox.settle(ctx, deliveryId, {
    state: isIgnored ? 'ignored' : 'applied',
    note: isIgnored ? applied : null,
    along,
  });
  return done({ type: delivery.type, applied });
};

/** Nothing of the delivery was taken over. */
const IGNORED: ReadonlySet<string> = new Set(['ignored', 'not-ours', 'unreadable', 'forbidden', 'id-reused']);

/** What became of the delivery, and of others that were applied with it. */
interface Applied {
  applied: string;
  along?: CoalescedDelivery[];
}

async function applyEnvelope(
  envelope: WebhookEnvelope,
  delivery: StoredDelivery,
  account: LumaAccount,
  deps: InboxApplyDeps,
  ctx: JobContext,
): Promise<Applied> {
  if (!envelope.known) return { applied: 'ignored' };
  switch (envelope.type) {
    case 'event.created':
    case 'event.updated': {
      const observation: EventObservation = {
        seen: envelope.data,
        observedAt: delivery.signedAt,
        via: 'webhook',
        isFull: false,
      };
      return applyObservedEvent(observation, account, deps, ctx);
    }
    case 'event.canceled':
      return { applied: await applyCancellation(envelope.data.id, account, deps, ctx) };
    case 'guest.registered':
    case 'guest.updated':
    case 'ticket.registered':
      return applyGuestWebhook(envelope.data, delivery, account, deps, ctx);
    case 'calendar.event.added':
      return { applied: await applyAddedEvent(envelope.data.id, account, deps, ctx) };
    case 'calendar.person.subscribed':
      return { applied: 'ignored' };
  }
}

/**
 * Cancelling deletes the event at Luma. Believed when a read finds it gone as well; a late delivery about something
 * else is not.
 */
async function applyCancellation(
  lumaEventId: string,
  account: LumaAccount,
  deps: InboxApplyDeps,
  ctx: JobContext,
): Promise<string> {
  const eventId = await deps.events.findIdByLuma({ eventId: lumaEventId, slug: null, calendarId: account.calendarId });
  if (eventId === null) return 'not-ours';
  const { found, ...read } = await readEvent({ eventId, lumaEventId }, account, deps, ctx, 'sync');
  if (found.kind === 'found' || found.kind === 'unreadable') return 'still-there';
  if (await markGone({ eventId, isCancelled: true, via: 'webhook' }, read, deps, ctx)) return 'cancelled';
  const message = `event ${eventId} was written while Luma was asked whether it is cancelled`;
  throw new RetryAfterError('event.changed_meanwhile', message, { waitMs: 0 });
}

/** Says too little of the event to take it in; one read tells the rest. */
async function applyAddedEvent(
  lumaEventId: string,
  account: LumaAccount,
  deps: InboxApplyDeps,
  ctx: JobContext,
): Promise<string> {
  if (!lumaEventId.startsWith('evt-')) return 'ignored';
  const known = await deps.events.findIdByLuma({ eventId: lumaEventId, slug: null, calendarId: account.calendarId });
  if (known !== null) return 'unchanged';
  const { found, ...read } = await readEvent({ eventId: null, lumaEventId }, account, deps, ctx, 'sync');
  if (found.kind === 'forbidden') {
    await noteForbidden(lumaEventId, account, deps);
    return 'forbidden';
  }
  if (found.kind !== 'found') return 'unreadable';
  const observation = { ...read, seen: found.record, via: 'webhook', isFull: true };
  return (await applyObservedEvent(observation, account, deps, ctx)).applied;
}
