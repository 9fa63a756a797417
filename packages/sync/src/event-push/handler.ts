import { type EventState, routeToCalendar, toEventState, toRoutingPlace } from '@luma-sync/domain';
import { done, type eventPush, type Handler, type Outcome, PermanentError, skipped } from '@luma-sync/jobs';
import type { BackfillStore, EventSyncStore, SyncEvent } from '@luma-sync/store';
import { pushTags } from '../event/tags.js';
import type { LumaAccounts } from '../luma-account.js';
import { type CreatedEvent, createAtLuma } from './create.js';
import { createWithoutAddress, isWithoutAddress } from './create-without-address.js';
import { type FirstContactDeps, meetForTheFirstTime } from './first-contact.js';
import { linkAsAnswered } from './link-as-answered.js';
import { confirmUnchanged } from './look-first.js';
import { planEventPush } from './plan.js';
import { toRefusal } from './refusals.js';
import { type Requested, toRequested } from './requested.js';
import { type PushRun, type UpdateDeps, update } from './update.js';

export interface EventPushDeps extends Omit<UpdateDeps, 'events'>, FirstContactDeps {
  events: FirstContactDeps['events'] &
    Pick<
      EventSyncStore,
      | 'find'
      | 'listRoutableCalendars'
      | 'reserveSlug'
      | 'attach'
      | 'noteAsked'
      | 'confirmPush'
      | 'storeObservation'
      | 'storeFollowed'
      | 'noteLumaCreatedAt'
      | 'markIdReused'
      | 'storeTags'
      | 'withTags'
    >;
  backfills: FirstContactDeps['backfills'] & Pick<BackfillStore, 'findLinkAnswer'>;
  luma: LumaAccounts;
}

/** Fields first, then tags, which Luma takes by requests of their own. */
export const handleEventPush: Handler<typeof eventPush, EventPushDeps> = async ({ eventId }, deps, ctx) => {
  const outcome = await pushFields({ eventId }, deps, ctx);
  const areTagsPushed = await pushTags(eventId, deps, ctx);
  return areTagsPushed && outcome.kind === 'skipped' ? done({ tags: true }) : outcome;
};

/** A crash between any two lines is safe: the next run reads what is stored and, after a create, what Luma has. */
const pushFields: Handler<typeof eventPush, EventPushDeps> = async ({ eventId }, deps, ctx) => {
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
      if (isAdopted) return pushFields({ eventId }, deps, ctx);
      const requested = await toRequested(plan.state, record.event, account, deps, ctx);
      const create = isWithoutAddress(account, record.link) ? createWithoutAddress : createAtLuma;
      const wanted = { ...plan, state: { ...plan.state, cover: null, ...requested.state } };
      const created = await create(record, wanted, account, deps, ctx).catch((error: unknown) => {
        if (create === createWithoutAddress || !isAddressRefused(error)) throw error;
        // Luma takes no address of ours for this event, and chooses one.
        return createWithoutAddress(record, wanted, account, deps, ctx);
      });
      if (created === null) return skipped('never-published');
      if (created === 'merged') return pushFields({ eventId }, deps, ctx);
      return afterCreate(record.event, created, { requested, state: plan.state }, { account, deps, ctx });
    }
    case 'update':
      return update(record.event, plan, null, { account, deps, ctx });
  }
};

const isAddressRefused = (error: unknown): boolean =>
  error instanceof PermanentError && error.code === 'luma.rejected' && toRefusal(error, 'slug') !== null;

/** Where an event goes that names no calendar: a circle around its place, else the default. */
async function chooseCalendar(event: SyncEvent, deps: EventPushDeps): Promise<string> {
  if (event.calendarId !== null) return event.calendarId;
  const place = toRoutingPlace(event.locationType, toEventState(event).coordinate);
  const calendar = routeToCalendar(place, await deps.events.listRoutableCalendars());
  if (calendar === null) {
    throw new PermanentError(
      'event.no_calendar',
      `no calendar takes event ${event.id}: none holds its place and none is the default`,
    );
  }
  return calendar.id;
}

function afterCreate(
  event: SyncEvent,
  { lumaEventId, adopted, askedBefore, accepted }: CreatedEvent,
  { requested, state }: { requested: Requested; state: EventState },
  run: PushRun,
): Promise<Outcome> {
  const found = { lumaEventId, lumaCreatedAt: null, send: state, seenAt: null };
  // Perhaps of an earlier revision, and a host may have changed it since: what was asked for tells which is which.
  if (askedBefore !== null) return update(event, { ...found, base: askedBefore, readFirst: true }, null, run);
  const isOurs = !adopted && accepted !== null;
  const created = isOurs ? { ...accepted, problem: requested.problem, answeredAt: run.ctx.now() } : null;
  return update(event, { ...found, send: isOurs ? {} : state, base: null, readFirst: false }, created, run);
}
