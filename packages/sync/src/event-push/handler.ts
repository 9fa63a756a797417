import { recognizeSent, routeToCalendar, toEventRecordChanges, toEventState } from '@luma-sync/domain';
import {
  done,
  type eventPush,
  type Handler,
  type JobContext,
  type Outcome,
  PermanentError,
  RetryAfterError,
  skipped,
} from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import type { BackfillStore, EventSyncStore, SyncEvent } from '@luma-sync/store';
import type { CoverDeps } from '../cover/place-cover.js';
import { slugOf, toObservedEventState } from '../event/observe-event.js';
import { planEventMerge } from '../event/plan-merge.js';
import { toEventChanges, withEnd } from '../event/to-luma.js';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import { createAtLuma } from './create.js';
import { createWithoutAddress, isWithoutAddress } from './create-without-address.js';
import { type FirstContactDeps, meetForTheFirstTime } from './first-contact.js';
import { linkAsAnswered } from './link-as-answered.js';
import { confirmUnchanged, lookFirst } from './look-first.js';
import { type EventPushPlan, isFreshLook, planEventPush } from './plan.js';
import { toRegistrationChange } from './registration.js';
import { type Requested, toRequested } from './requested.js';
import { askLuma, awaitOthers, hastenUnderWay, stillUnderWay } from './under-way.js';
import { decideUpdateMail, type UpdateMailDeps, withUpdateMail } from './update-mail.js';

export interface EventPushDeps extends CoverDeps, UpdateMailDeps, FirstContactDeps {
  events: FirstContactDeps['events'] &
    Pick<
      EventSyncStore,
      'find' | 'listRoutableCalendars' | 'reserveSlug' | 'attach' | 'noteAsked' | 'confirmPush' | 'storeObservation'
    >;
  backfills: FirstContactDeps['backfills'] & Pick<BackfillStore, 'findLinkAnswer'>;
  luma: LumaAccounts;
}

/** A crash between any two lines is safe: the next run reads what is stored and, after a create, what Luma has. */
export const handleEventPush: Handler<typeof eventPush, EventPushDeps> = async ({ eventId }, deps, ctx) => {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const plan = planEventPush(record.event, record.link, ctx.now());
  if (plan.kind === 'skip') return skipped(plan.reason);
  // Nothing of ours is at Luma yet: a person may have said that what Luma has is this event.
  const answer = plan.kind === 'create' && plan.mayCreate ? await deps.backfills.findLinkAnswer(eventId) : null;
  const pinned = answer?.calendarId ?? record.link?.calendarId;
  const account = await deps.luma.open(pinned ?? (await chooseCalendar(record.event, deps)));
  switch (plan.kind) {
    case 'note':
      // Nobody looked: when Luma was last seen stays as it is.
      await confirmUnchanged(
        record.event,
        plan.base,
        { at: record.link?.observedAt ?? ctx.now(), url: null },
        deps,
        ctx,
      );
      return skipped('already-equal');
    case 'create': {
      const isAdopted =
        answer === null
          ? plan.mayCreate && !plan.mayExist && (await meetForTheFirstTime(record, account, deps, ctx))
          : await linkAsAnswered(record, answer.lumaEventId, account, deps, ctx);
      // Tied to what Luma had before us: what it lacks is sent as any edit is.
      if (isAdopted) return handleEventPush({ eventId }, deps, ctx);
      const requested = await toRequested(plan.state, record.event, account, deps, ctx);
      const create = isWithoutAddress(account, record.link) ? createWithoutAddress : createAtLuma;
      const created = await create(
        record,
        { ...plan, state: { ...plan.state, cover: null, ...requested.state } },
        account,
        deps,
        ctx,
      );
      if (created === null) return skipped('never-published');
      if (created === 'merged') return handleEventPush({ eventId }, deps, ctx);
      // Perhaps of an earlier revision, and a host may have changed it since: what was asked for tells which is which.
      if (created.askedBefore !== null) {
        const found = {
          lumaEventId: created.lumaEventId,
          send: plan.state,
          base: created.askedBefore,
          readFirst: true,
          seenAt: null,
        };
        return update(record.event, found, null, account, deps, ctx);
      }
      const send = created.adopted ? plan.state : {};
      return update(
        record.event,
        { ...created, send, base: null, readFirst: false, seenAt: null },
        requested,
        account,
        deps,
        ctx,
      );
    }
    case 'update':
      return update(record.event, plan, null, account, deps, ctx);
  }
};

/** Where an event goes that names no calendar: the first circle around its place, else the default. */
async function chooseCalendar(event: SyncEvent, deps: EventPushDeps): Promise<string> {
  if (event.calendarId !== null) return event.calendarId;
  const { coordinate } = toEventState(event);
  const calendar = routeToCalendar(coordinate, await deps.events.listRoutableCalendars());
  if (calendar === null) {
    throw new PermanentError(
      'event.no_calendar',
      `no calendar takes event ${event.id}: none holds its place and none is the default`,
    );
  }
  return calendar.id;
}

type Update = Omit<Extract<EventPushPlan, { kind: 'update' }>, 'kind'>;

async function update(
  event: SyncEvent,
  plan: Update,
  /** What the create that went before asked for; null when there was none. */
  created: Requested | null,
  account: LumaAccount,
  deps: EventPushDeps,
  ctx: JobContext,
): Promise<Outcome> {
  const call = toCall(ctx, 'interactive');
  let { send, base } = plan;
  if (plan.readFirst && base !== null) {
    base = await hastenUnderWay(event.id, base, deps, ctx);
    const looked = await lookFirst(event, plan.lumaEventId, base, account, deps, ctx);
    if (looked.outcome !== null) return looked.outcome;
    ({ send, base } = looked);
  }
  // Decided by what the app has changed, which what travels with it is not.
  const mail = await decideUpdateMail(send, base, event, account, deps);
  const ours = toEventState(event);
  send = withEnd(send, ours);
  const fields = Object.keys(send);
  const requested = created ?? (await toRequested(send, event, account, deps, ctx));
  const earlier = stillUnderWay(base?.underWay, ctx.now());
  if (base !== null) awaitOthers(event, base, requested.state, ctx.now());
  if (fields.some((field) => field in requested.state)) {
    const update = () =>
      account.api.updateEvent(
        plan.lumaEventId,
        { ...toEventChanges(requested.state), ...toRegistrationChange(event) },
        { suppressNotifications: mail?.allowed !== true },
        plan.seenAt === null || plan.readFirst ? call : whileFresh(event.id, plan.seenAt, ctx),
      );
    await withUpdateMail(event.id, mail, deps, ctx, () => askLuma(event.id, requested.state, base, deps, ctx, update));
  }
  // 200 with {} means accepted, not done; and Luma rewrites what it is sent. What it now shows is what both sides agree on.
  const observedAt = ctx.now();
  const seen = await account.api.getEvent(plan.lumaEventId, call);
  const observed = toObservedEventState(seen);
  // What Luma shows for the fields just sent is our own write, unless a host was quicker than this look; any other difference is Luma's news.
  const agreed =
    base === null
      ? { ours, luma: { ...observed, ...recognizeSent(ours, requested.state, observed) } }
      : { ours: { ...base.ours, ...send }, luma: { ...base.luma, ...recognizeSent(send, requested.state, observed) } };
  const merge = planEventMerge(event, agreed, observed);
  // The answer to this request is known; those before it may still come in.
  const nextBase = { ...merge.base, ...earlier };
  await deps.events.confirmPush(ctx, {
    eventId: event.id,
    revision: event.revision,
    base: nextBase,
    observedAt,
    url: seen.url ?? null,
    take: merge.take,
    sentFields: base === null ? ['created'] : fields,
    mailReason: mail?.reason ?? null,
    problem: requested.problem,
    isReopened: toRegistrationChange(event).registration_open === true,
  });
  // A host showed a cancelled event again while this run was at work on other fields: nobody else would take that back. Not stored when our event
  // has moved on: the push of that edit sends it, since the base holds the host's value.
  if (merge.conflicts.length > 0) {
    await deps.events.storeObservation(ctx, {
      take: toEventRecordChanges({}),
      takenFields: [],
      conflicts: merge.conflicts,
      base: nextBase,
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
  return done({
    lumaEventId: plan.lumaEventId,
    revision: event.revision,
    sent: fields.length,
    taken: merge.takenFields.length,
    slug: slugOf(seen),
  });
}

/** The run did not look by itself: however long it took to come this far, the earlier look must still count when the request goes out. */
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
