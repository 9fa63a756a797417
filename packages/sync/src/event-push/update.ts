import {
  agreeAfterPush,
  type Base,
  type Differences,
  type EventField,
  type EventState,
  type MailDecision,
  toEventRecordChanges,
  toEventState,
} from '@luma-sync/domain';
import { done, type JobContext, type Outcome, RetryAfterError } from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { ConfirmedPush, EventSyncStore, SyncEvent } from '@luma-sync/store';
import type { CoverDeps } from '../cover/place-cover.js';
import { followAfterPush } from '../event/follow-luma.js';
import { awaitOthers, sendWithIntent, shortenInFlight, stillInFlight } from '../event/in-flight.js';
import { slugOf, toObservedEventState } from '../event/observe-event.js';
import { type EventMergePlan, planEventMerge } from '../event/plan-merge.js';
import { withoutRefused } from '../event/refusals.js';
import { type Requested, toRequested } from '../event/requested.js';
import { assertSameEvent, noteCreatedAt, type SameEventDeps } from '../event/same-event.js';
import { toEventChanges, withEnd, withoutEmptied } from '../event/to-luma.js';
import { lookAgain, orNotShownYet, waitForEffect } from '../event/unseen.js';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type EventPushPlan, FRESH_LOOK_MS, isFreshLook } from './plan.js';
import { readBeforeWrite } from './read-before-write.js';
import { type RegistrationPlan, withoutRegistrationIfRefused } from './registration.js';
import { decideUpdateMail, type UpdateMailDeps, withUpdateMail } from './update-mail.js';

export interface UpdateDeps extends CoverDeps, UpdateMailDeps {
  events: SameEventDeps['events'] &
    Pick<EventSyncStore, 'noteAsked' | 'confirmPush' | 'storeObservation' | 'storeFollowed'>;
}

type PushRun = Run<UpdateDeps>;

export type Update = Omit<Extract<EventPushPlan, { kind: 'update' }>, 'kind'>;

/** What this run's create asked for, and when it was answered. */
export interface JustCreated extends Requested {
  refused: Differences<EventState>;
  answeredAt: Date;
}

/** What Luma was asked for and accepted, by an update or by the create before. */
interface Sent {
  asked: Partial<EventState>;
  notTaken: Differences<EventState>;
  fields: EventField[];
  mail: MailDecision | null;
  problem: Requested['problem'];
  isNew: boolean;
  /** As `ConfirmedPush` has them. */
  registration: Pick<ConfirmedPush, 'registrationRefused' | 'isReopened'>;
}

/** Brings Luma's event to our state: looks first where needed, sends the difference, and reads what came of it. */
export async function update(
  event: SyncEvent,
  plan: Update,
  created: JustCreated | null,
  run: PushRun,
): Promise<Outcome> {
  const { account, deps, ctx } = run;
  let { send, base } = plan;
  if (plan.readFirst && base !== null) {
    base = await shortenInFlight(event.id, base, deps, ctx);
    const read = await readBeforeWrite(event, plan, base, run);
    if (read.outcome !== null) return read.outcome;
    ({ send, base } = read);
    await lookAgain(event.id, send, base, deps, ctx);
  }
  const sent = created === null ? await sendChanges(event, { ...plan, send, base }, run) : fromCreate(created, ctx);
  // 200 with {} means accepted, not done; and Luma rewrites what it is sent. What it now shows is what both sides agree
  // on.
  const observedAt = ctx.now();
  const reading = account.api.getEvent(plan.lumaEventId, toCall(ctx, 'interactive'));
  const seen = await (base === null ? orNotShownYet(event.id, reading) : reading);
  const linked = { eventId: event.id, link: plan, seen, via: 'push', observedAt };
  await assertSameEvent(linked, deps, ctx);
  await noteCreatedAt(linked, deps, ctx);
  const observed = toObservedEventState(seen);
  const agreed = agreeAfterPush({ ours: toEventState(event), base, observed, ...sent });
  const earlier = stillInFlight(base?.underWay, ctx.now());
  if (agreed.unseen.length > 0)
    await waitForEffect(event, { ...agreed.base, ...earlier }, { ...sent, ...agreed, before: base }, deps, ctx);
  const merge = planEventMerge(event, agreed.base, observed);
  // The answer to this request is known; those before it may still come in.
  const next = { ...merge.base, ...earlier };
  await confirm(event, { merge, next, sent, seen, observedAt, isFirst: base === null }, run);
  await followAfterPush({ ...event, ...merge.take, url: seen.url ?? event.url }, seen, observedAt, deps, ctx);
  return done({
    lumaEventId: plan.lumaEventId,
    revision: event.revision,
    sent: sent.fields.length,
    taken: merge.takenFields.length,
    slug: slugOf(seen),
  });
}

const fromCreate = ({ state, refused, problem, answeredAt }: JustCreated, ctx: JobContext): Sent => ({
  asked: state,
  notTaken: refused,
  fields: [],
  mail: null,
  problem,
  isNew: ctx.now().getTime() - answeredAt.getTime() < FRESH_LOOK_MS,
  registration: { registrationRefused: null },
});

async function sendChanges(event: SyncEvent, plan: Update, run: PushRun): Promise<Sent> {
  const { account, deps, ctx } = run;
  const { send: changed, emptied } = withoutEmptied(plan.send);
  const send = withEnd(changed, toEventState(event));
  const requested = await toRequested(send, event, run);
  if (plan.base !== null) awaitOthers(event, plan.base, requested.state, ctx.now());
  const registration = withoutRegistrationIfRefused(plan.registration);
  // Its coming back is over, though Luma does not open its registration.
  const known = plan.registration.isRefused ? { ...event, cancelMode: null } : event;
  const request = (state: Partial<EventState>, mail: MailDecision | null) =>
    registration.send((change) =>
      account.api.updateEvent(
        plan.lumaEventId,
        { ...toEventChanges(state), ...change },
        { suppressNotifications: mail?.allowed !== true },
        plan.seenAt === null || plan.readFirst ? toCall(ctx, 'interactive') : whileFresh(event.id, plan.seenAt, ctx),
      ),
    );
  const { result, state, refused } = await withoutRefused(requested.state, [], async (wanted) => {
    if (Object.keys(wanted).length === 0 && !plan.registration.isDue) return null;
    // Decided by what the app has changed, which what travels with it is not.
    const mail = await decideUpdateMail(pick(changed, wanted), plan.base, known, account, deps);
    const ask = () =>
      sendWithIntent({ eventId: event.id, send: wanted, base: plan.base }, () => request(wanted, mail), deps, ctx);
    await withUpdateMail(event.id, mail, deps, ctx, ask);
    return mail;
  });
  const isCoverKept = send.cover === null && !('cover' in state) && plan.base?.ours.cover != null;
  return {
    asked: state,
    notTaken: { ...refused, ...notEmptied([...emptied, ...(isCoverKept ? (['cover'] as const) : [])]) },
    fields: [...new Set([...Object.keys(send), ...emptied])] as EventField[],
    mail: result,
    problem: requested.problem,
    isNew: false,
    registration: toRegistrationOutcome(plan.registration, registration.refusal()),
  };
}

function toRegistrationOutcome(
  { change }: RegistrationPlan,
  registrationRefused: ConfirmedPush['registrationRefused'],
): Sent['registration'] {
  return { registrationRefused, isReopened: change.registration_open === true && registrationRefused === null };
}

const notEmptied = (fields: readonly EventField[]): Differences<EventState> =>
  Object.fromEntries(fields.map((field) => [field, { why: 'cannot_be_emptied' }]));

const pick = (send: Partial<EventState>, from: Partial<EventState>): Partial<EventState> =>
  Object.fromEntries(Object.entries(send).filter(([field]) => field in from));

interface Confirmed {
  merge: EventMergePlan;
  next: Base<EventState>;
  sent: Sent;
  seen: LumaEvent;
  observedAt: Date;
  /** Both sides were never compared before. */
  isFirst: boolean;
}

async function confirm(
  event: SyncEvent,
  { merge, next, sent, seen, observedAt, isFirst }: Confirmed,
  { account, deps, ctx }: PushRun,
): Promise<void> {
  await deps.events.confirmPush(ctx, {
    eventId: event.id,
    revision: event.revision,
    base: next,
    observedAt,
    url: seen.url ?? null,
    take: merge.take,
    sentFields: isFirst ? ['created'] : sent.fields.filter((field) => sent.notTaken[field] === undefined),
    mailReason: sent.mail?.reason ?? null,
    problem: sent.problem,
    ...sent.registration,
  });
  if (merge.conflicts.length === 0) return;
  // A host showed a cancelled event again while this run was at work on other fields: nobody else would take that back.
  // Not stored when our event has moved on: the push of that edit sends it, since the base holds the host's value.
  await deps.events.storeObservation(ctx, {
    take: toEventRecordChanges({}),
    takenFields: [],
    conflicts: merge.conflicts,
    base: next,
    eventId: event.id,
    calendarId: account.calendarId,
    revision: event.revision,
    observedAt,
    via: 'push',
    state: 'pending_push',
    pushNeeded: true,
    trigger: ctx.trigger,
  });
}

/**
 * The run did not look by itself: however long it took to come this far, the earlier look must still count when the
 * request goes out.
 */
function whileFresh(eventId: string, seenAt: Date, ctx: JobContext): CallOptions {
  const call = toCall(ctx, 'interactive');
  return {
    ...call,
    beforeSend: () => {
      if (!isFreshLook(seenAt, ctx.now())) {
        const message = `event ${eventId} was looked at too long ago to be changed unseen; the next run looks first`;
        throw new RetryAfterError('event.look_again', message, { waitMs: 0 });
      }
      call.beforeSend?.();
    },
  };
}
