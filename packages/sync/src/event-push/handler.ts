import { type EventState, recognizeSent, routeToCalendar, toEventState } from '@luma-sync/domain';
import {
  done,
  type eventPush,
  type Handler,
  type JobContext,
  type Outcome,
  PermanentError,
  skipped,
} from '@luma-sync/jobs';
import type { BackfillStore, EventSyncStore, SyncEvent } from '@luma-sync/store';
import type { CoverDeps } from '../cover/place-cover.js';
import { slugOf, toObservedEventState } from '../event/observe-event.js';
import { planEventMerge } from '../event/plan-merge.js';
import { toEventChanges } from '../event/to-luma.js';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import { wasNotSent } from '../was-not-sent.js';
import { createAtLuma } from './create.js';
import { type FirstContactDeps, meetForTheFirstTime } from './first-contact.js';
import { linkAsAnswered } from './link-as-answered.js';
import { confirmUnchanged, lookFirst } from './look-first.js';
import { type EventPushPlan, planEventPush } from './plan.js';
import { toRegistrationChange } from './registration.js';
import { type Requested, toRequested } from './requested.js';
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
      const created = await createAtLuma(
        record,
        { ...plan, state: { ...plan.state, cover: null, ...requested.state } },
        account,
        deps,
        ctx,
      );
      if (created === null) return skipped('never-published');
      const base = record.link?.base ?? null;
      // Made by an earlier run, perhaps from an earlier revision, and a host may have changed it since: what that run asked for tells which is which.
      if (created.adopted && base !== null) {
        const found = { lumaEventId: created.lumaEventId, send: plan.state, base, readFirst: true };
        return update(record.event, found, null, account, deps, ctx);
      }
      const send = created.adopted ? plan.state : {};
      return update(record.event, { ...created, send, base: null, readFirst: false }, requested, account, deps, ctx);
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
    const looked = await lookFirst(event, plan.lumaEventId, base, account, deps, ctx);
    if (looked.outcome !== null) return looked.outcome;
    ({ send, base } = looked);
  }
  const fields = Object.keys(send);
  const mail = await decideUpdateMail(send, base, event, account, deps);
  const requested = created ?? (await toRequested(send, event, account, deps, ctx));
  if (fields.some((field) => field in requested.state)) {
    const update = () =>
      account.api.updateEvent(
        plan.lumaEventId,
        { ...toEventChanges(requested.state), ...toRegistrationChange(event) },
        { suppressNotifications: mail?.allowed !== true },
        call,
      );
    await withUpdateMail(event.id, mail, deps, ctx, () =>
      askLuma(event.id, requested.state, plan.base, deps, ctx, update),
    );
  }
  // 200 with {} means accepted, not done; and Luma rewrites what it is sent. What it now shows is what both sides agree on.
  const observedAt = ctx.now();
  const seen = await account.api.getEvent(plan.lumaEventId, call);
  const observed = toObservedEventState(seen);
  const ours = toEventState(event);
  // What Luma shows for the fields just sent is our own write, unless a host was quicker than this look; any other difference is Luma's news.
  const agreed =
    base === null
      ? { ours, luma: { ...observed, ...recognizeSent(ours, requested.state, observed) } }
      : { ours: { ...base.ours, ...send }, luma: { ...base.luma, ...recognizeSent(send, requested.state, observed) } };
  const merge = planEventMerge(event, agreed, observed);
  await deps.events.confirmPush(ctx, {
    eventId: event.id,
    revision: event.revision,
    base: merge.base,
    observedAt,
    url: seen.url ?? null,
    take: merge.take,
    sentFields: base === null ? ['created'] : fields,
    mailReason: mail?.reason ?? null,
    problem: requested.problem,
    isReopened: toRegistrationChange(event).registration_open === true,
  });
  return done({
    lumaEventId: plan.lumaEventId,
    revision: event.revision,
    sent: fields.length,
    taken: merge.takenFields.length,
    slug: slugOf(seen),
  });
}

/**
 * Notes what Luma is asked for, then asks. Whatever ends the run between the request and the look at its effect, the note tells the next run
 * that this is a repeat, and everybody who sees the change at Luma that it is ours.
 */
async function askLuma(
  eventId: string,
  send: Partial<EventState>,
  /** As it is stored: what a look has found to be agreed since is not, until the run ends well. */
  base: Update['base'],
  deps: EventPushDeps,
  ctx: JobContext,
  request: () => Promise<void>,
): Promise<void> {
  if (base === null) return request();
  const before = base.asked ?? {};
  await deps.events.noteAsked(ctx, { eventId, asked: { ...before, ...send } });
  try {
    await request();
  } catch (error) {
    const isRejected = error instanceof PermanentError && error.code === 'luma.rejected';
    // A note that cannot be taken back costs a mail at most.
    if (isRejected || wasNotSent(error)) await deps.events.noteAsked(ctx, { eventId, asked: before }).catch(() => {});
    throw error;
  }
}
