import {
  done,
  type eventCancel,
  type Handler,
  type Outcome,
  PermanentError,
  RetryAfterError,
  RetryableError,
  skipped,
} from '@luma-sync/jobs';
import type { Cancellation, CancellationStore, EventSyncStore, SyncEventLink } from '@luma-sync/store';
import { assertSameEvent, type SameEventDeps } from '../event/same-event.js';
import { type LumaAccounts, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { wasNotSent } from '../was-not-sent.js';

export interface EventCancelDeps {
  events: SameEventDeps['events'] & Pick<EventSyncStore, 'find' | 'markSourceDeleted'>;
  cancellations: CancellationStore;
  luma: LumaAccounts;
}

/** Looks after the one request, about a minute in all: Luma cancels at once, as far as is known. */
const LOOKS_MAX = 5;
const FIRST_PAUSE_MS = 2_000;

/**
 * Luma's own cancellation, which mails everybody and cannot be taken back. It is sent once in the life of an operation,
 * and only while Luma counts no more guests than the person who ordered it confirmed; whatever happens to its answer,
 * what follows are looks.
 */
export const handleEventCancel: Handler<typeof eventCancel, EventCancelDeps> = async ({ eventId }, deps, ctx) => {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const { link } = record;
  if (link === null || link.lumaEventId === null) return skipped('not-at-luma');
  if (link.state === 'source_deleted') return skipped('source-deleted');
  const command = await deps.cancellations.find(ctx.operationId);
  if (command === null) {
    const message =
      `event ${eventId} is not cancelled by a replay: nobody confirmed now how many guests Luma ` +
      'mails; cancel it with a new command';
    throw new PermanentError('event.cancel_not_confirmed', message);
  }
  const account = await deps.luma.open(link.calendarId);
  if (command.askedAt === null) {
    await assertStillOurs({ eventId, link, lumaEventId: link.lumaEventId }, { account, deps, ctx });
    await cancelOnce(command, link.lumaEventId, { account, deps, ctx });
  }
  return lookAfter(command, link.lumaEventId, { account, deps, ctx });
};

/** A cancellation cannot be taken back: the id must still stand for the event that a person decided about. */
async function assertStillOurs(
  { eventId, link, lumaEventId }: { eventId: string; link: SyncEventLink; lumaEventId: string },
  { account, deps, ctx }: Run<EventCancelDeps>,
): Promise<void> {
  if (link.lumaCreatedAt === null) return;
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toCall(ctx, 'interactive'));
  if (found.kind !== 'found') return;
  await assertSameEvent({ eventId, link, seen: found.record, via: 'cancellation', observedAt }, deps, ctx);
}

async function cancelOnce(
  command: Cancellation,
  lumaEventId: string,
  { account, deps, ctx }: Run<EventCancelDeps>,
): Promise<void> {
  const call = toCall(ctx, 'interactive');
  const shown = await account.api.requestCancellation(lumaEventId, call);
  if (shown.guest_count === undefined) {
    const message = `event ${command.eventId} was not cancelled: Luma does not say how many guests it would mail`;
    throw new RetryableError('luma.unexpected_answer', message);
  }
  if (shown.guest_count > command.guests) {
    throw new PermanentError(
      'event.cancel_count_changed',
      `event ${command.eventId} was not cancelled: Luma would mail ${shown.guest_count} guests, and ` +
        `${command.guests} were confirmed`,
    );
  }
  // Silence is no promise that nobody paid.
  if (shown.is_paid !== false && command.refund === null) {
    throw new PermanentError(
      'event.refund_undecided',
      `event ${command.eventId} was not cancelled: it has paid guests, and nobody said whether they get their ` +
        'money back',
    );
  }
  await deps.cancellations.markAsked(ctx, { ...command, guests: shown.guest_count }, ctx.now());
  const cancellation = {
    token: shown.cancellation_token,
    ...(command.refund === null ? {} : { shouldRefund: command.refund }),
  };
  try {
    await account.api.cancelEvent(lumaEventId, cancellation, { notifiesEveryGuest: true }, call);
  } catch (error) {
    const isRejected = error instanceof PermanentError && error.code === 'luma.rejected';
    // A note that cannot be taken back costs a new command of the person, never a second cancellation.
    if (isRejected || wasNotSent(error)) await deps.cancellations.takeBackAsked(ctx).catch(() => {});
    throw error;
  }
}

/** Cancelled is what Luma no longer has, whatever it answered. */
async function lookAfter(
  { eventId, guests }: Cancellation,
  lumaEventId: string,
  { account, deps, ctx }: Run<EventCancelDeps>,
): Promise<Outcome> {
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toCall(ctx, 'interactive'));
  if (found.kind === 'missing' || found.kind === 'forbidden') {
    await deps.events.markSourceDeleted(ctx, { eventId, cancelled: true, via: 'cancellation', observedAt });
    await deps.cancellations.confirm(ctx, eventId, observedAt);
    return done({ lumaEventId, guests });
  }
  const looks = await deps.cancellations.countLook(ctx);
  if (looks >= LOOKS_MAX) {
    const message = `Luma was asked once to cancel event ${eventId} and still has it; it is not asked again by itself`;
    throw new PermanentError('event.cancel_unconfirmed', message);
  }
  const waitMs = FIRST_PAUSE_MS * 2 ** looks;
  throw new RetryAfterError('event.cancel_awaiting', 'Luma was asked to cancel and still shows the event', { waitMs });
}
