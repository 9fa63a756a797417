import {
  done,
  type Handler,
  type JobContext,
  PermanentError,
  RetryAfterError,
  type rsvpPush,
  skipped,
} from '@luma-sync/jobs';
import type { DueRsvp, EventSyncStore, RsvpSyncStore } from '@luma-sync/store';
import { z } from 'zod';
import type { Checkpoints } from '../checkpoints.js';
import { type LumaAccounts, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { addGuests } from './add-guests.js';
import { sendWithIntent } from './ask.js';
import { type HeldMailDeps, sendReleasedMails } from './held-mails.js';
import {
  confirmPauseMs,
  isOpen,
  isUnfinished,
  lookedFor,
  type PlannedRsvp,
  planRsvpPush,
  type RsvpPushPlan,
} from './plan.js';
import { type GuestsOf, readGuests } from './read-guests.js';
import { decideRunMail, isOwnAnswer, type RsvpMailDeps, type RunMail } from './rsvp-mail.js';

export interface RsvpPushDeps extends RsvpMailDeps {
  mailGuard: RsvpMailDeps['mailGuard'] & HeldMailDeps['mailGuard'];
  checkpoints: Checkpoints;
  events: Pick<EventSyncStore, 'find' | 'isPushExpected'>;
  rsvps: Pick<
    RsvpSyncStore,
    | 'listDue'
    | 'countLinkedGuests'
    | 'applyGuests'
    | 'markAsked'
    | 'markGone'
    | 'markAccepted'
    | 'takeBackAsked'
    | 'countLook'
    | 'countConfirmTry'
    | 'markSettled'
    | 'markDeclinedAtLuma'
    | 'markUnverified'
    | 'markFailed'
    | 'noteNameRefused'
  >;
  luma: LumaAccounts;
}

/** Longer than most creates take; bounded by `isPushExpected`. */
const EVENT_WAIT_MS = 5_000;
/** Enough for a burst, few enough that one run stays short; what is left over is due in the next run. */
const BATCH_MAX = 200;

/**
 * Carries every due answer of one event. Each run first reads what Luma has, so a lost answer, a webhook that came
 * first or a guest who registered there are all seen before anything is sent. An add is confirmed by a later look: Luma
 * works in the background.
 */
export const handleRsvpPush: Handler<typeof rsvpPush, RsvpPushDeps> = async ({ eventId }, deps, ctx) => {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const { event, link } = record;
  if (link === null || link.lumaEventId === null) {
    if (await deps.events.isPushExpected(eventId)) throw awaitsEvent();
    return skipped('event-not-at-luma');
  }
  if (link.state === 'source_deleted') return skipped('source-deleted');
  const query = { eventId, limit: BATCH_MAX };
  const due = await deps.rsvps.listDue(query);
  const released = await deps.mailGuard.listReleased(eventId, BATCH_MAX);
  if (due.length === 0 && released.length === 0) return skipped('nothing-due');
  const account = await deps.luma.open(link.calendarId);
  const at: GuestsOf = { eventId, lumaEventId: link.lumaEventId, calendarId: link.calendarId, source: event.source };

  const run = { account, deps, ctx };
  const mailed = await sendReleasedMails(released, at, run);
  if (due.length === 0) {
    if (released.length === BATCH_MAX) throw moreDue();
    return done({ mailed });
  }
  await readAndSetAside(due, at, run);
  const planned = lookedFor(due, await deps.rsvps.listDue(query)).map((rsvp) => ({ rsvp, plan: planRsvpPush(rsvp) }));
  await settle(planned, at, deps, ctx);

  const [updates, adds] = [ofKind(planned, 'update'), ofKind(planned, 'add')];
  const crowd = [...updates, ...adds].filter(({ plan, rsvp }) => !plan.isRepeat && !isOwnAnswer(rsvp));
  const mail = await decideMailOfRun(
    at.eventId,
    crowd.map(({ rsvp }) => rsvp),
    run,
  );
  const updated = await updateStatuses(updates, at, mail, run);
  const added = await addGuests(adds, at, mail, run);
  const awaited = ofKind(planned, 'await').map(({ rsvp }) => rsvp.rsvpId);
  if (awaited.length > 0) await deps.rsvps.countLook(ctx, awaited);

  const left = await deps.rsvps.listDue(query);
  const open = left.filter(isOpen);
  if (open.length > 0) throw awaitsGuests(open);
  // What a look has changed meanwhile: a guest who is gone, or whom somebody moved, or who will not show any more.
  if (due.length === BATCH_MAX || released.length === BATCH_MAX || left.some(isUnfinished)) throw moreDue();
  return done({
    due: due.length,
    updated: updated.updated,
    asked: added.asked,
    failed: ofKind(planned, 'fail').length + updated.failed + added.failed,
    settled: ofKind(planned, 'settled').length,
    ...(mailed === 0 ? {} : { mailed }),
  });
};

/** The push of the event brings this operation forward as soon as the event is at Luma. */
const awaitsEvent = (): RetryAfterError =>
  new RetryAfterError('rsvp.awaiting_event', 'the event is about to be created at Luma', { waitMs: EVENT_WAIT_MS });

function awaitsGuests(open: readonly DueRsvp[]): RetryAfterError {
  const waitMs = confirmPauseMs(open.map((rsvp) => rsvp.confirmTries));
  const message = `${open.length} guests were accepted by Luma and are not shown yet`;
  return new RetryAfterError('rsvp.awaiting_luma', message, { waitMs });
}

const moreDue = (): RetryAfterError =>
  new RetryAfterError('rsvp.more_due', 'more answers of this event are due', { waitMs: 0 });

/**
 * An answer whose guest cannot be read says so and waits until Luma shows them otherwise; the others of the event are
 * carried.
 */
async function readAndSetAside(
  due: readonly DueRsvp[],
  at: GuestsOf,
  { account, deps, ctx }: Run<RsvpPushDeps>,
): Promise<void> {
  const unread = await readGuests(due, at, account, deps, ctx);
  if (unread.size > 0) await deps.rsvps.markFailed(ctx, at.eventId, [...unread], UNREADABLE);
}

const UNREADABLE = {
  code: 'rsvp.unreadable_guest',
  message: 'Luma shows this guest in a form that cannot be read; see /v1/unreadable-records',
};

/** A refusal holds for the whole operation: its later runs carry the rest of the same crowd. */
async function decideMailOfRun(
  eventId: string,
  firsts: readonly DueRsvp[],
  { account, deps, ctx }: Run<RsvpPushDeps>,
): Promise<RunMail> {
  const earlier = refusedSchema.safeParse(await deps.checkpoints.read(ctx.operationId));
  const mail = await decideRunMail(eventId, firsts, earlier.success, account, deps);
  if (mail.isRefused && !earlier.success) {
    await deps.checkpoints.write(ctx, { isMailRefused: true });
    ctx.log.warn({ operationId: ctx.operationId, eventId, recipients: mail.first.recipients }, 'too many to mail');
  }
  return mail;
}

const refusedSchema = z.object({ isMailRefused: z.literal(true) });

function ofKind<K extends RsvpPushPlan['kind']>(
  planned: readonly PlannedRsvp[],
  kind: K,
): PlannedRsvp<Extract<RsvpPushPlan, { kind: K }>>[] {
  return planned.filter((item): item is PlannedRsvp<Extract<RsvpPushPlan, { kind: K }>> => item.plan.kind === kind);
}

/** Stores what needs no request. */
async function settle(
  planned: readonly PlannedRsvp[],
  at: GuestsOf,
  deps: RsvpPushDeps,
  ctx: JobContext,
): Promise<void> {
  const settled = ofKind(planned, 'settled').map(({ rsvp }) => ({ rsvpId: rsvp.rsvpId, revision: rsvp.revision }));
  if (settled.length > 0) await deps.rsvps.markSettled(ctx, settled);
  const declined = ofKind(planned, 'declined-there').map(({ rsvp }) => ({
    rsvpId: rsvp.rsvpId,
    revision: rsvp.revision,
  }));
  if (declined.length > 0) await deps.rsvps.markDeclinedAtLuma(ctx, at.eventId, declined);
  const unverified = ofKind(planned, 'unverified').map(({ rsvp }) => ({
    rsvpId: rsvp.rsvpId,
    revision: rsvp.revision,
  }));
  if (unverified.length > 0) await deps.rsvps.markUnverified(ctx, at.eventId, unverified);
  for (const { rsvp, plan } of ofKind(planned, 'fail'))
    await deps.rsvps.markFailed(ctx, at.eventId, [rsvp.rsvpId], plan);
}

/** One request each: Luma has no batch for this. All are read back, since 200 with {} says accepted, not done. */
async function updateStatuses(
  updates: readonly PlannedRsvp<Extract<RsvpPushPlan, { kind: 'update' }>>[],
  at: GuestsOf,
  runMail: RunMail,
  run: Run<RsvpPushDeps>,
): Promise<{ updated: number; failed: number }> {
  if (updates.length === 0) return { updated: 0, failed: 0 };
  const { account, deps, ctx } = run;
  let failed = 0;
  for (const { rsvp, plan } of updates) {
    // Luma mails about a change of status once: what was asked for before never does again.
    const mail = runMail.of([rsvp], plan.isRepeat);
    const body = { guest_id: plan.lumaGuestId, status: plan.status };
    try {
      const send = () =>
        account.api
          .updateGuestStatus(at.lumaEventId, body, { sendEmail: mail.isAllowed }, toCall(ctx, 'interactive'))
          .then(() => undefined);
      await sendWithIntent({ due: [rsvp], approvalStatus: plan.status, mail }, send, deps, ctx);
      await deps.rsvps.countConfirmTry(ctx, [rsvp.rsvpId]);
    } catch (error) {
      // One guest Luma will not have must not hold up the others.
      if (!(error instanceof PermanentError) || !ABOUT_ONE_GUEST.has(error.code)) throw error;
      // Gone since it was looked for: the look below tells.
      if (error.code === 'luma.not_found') {
        await deps.rsvps.countConfirmTry(ctx, [rsvp.rsvpId]);
        continue;
      }
      await deps.rsvps.markFailed(ctx, at.eventId, [rsvp.rsvpId], { code: error.code, message: error.message });
      failed += 1;
    }
  }
  await readAndSetAside(
    updates.map(({ rsvp }) => rsvp),
    at,
    run,
  );
  return { updated: updates.length - failed, failed };
}

const ABOUT_ONE_GUEST = new Set(['luma.rejected', 'luma.not_found']);
