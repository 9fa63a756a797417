import { type EventState, routeToCalendar, toEventState, toRoutingPlace } from '@luma-sync/domain';
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
import type { BackfillStore, EventSyncStore, SyncEvent } from '@luma-sync/store';
import { pushTags } from '../event/tags.js';
import { type CreateEnd, type CreateEventDeps, createEvent } from '../event-create/create-event.js';
import type { LumaAccount, LumaAccounts } from '../luma-account.js';
import type { Run } from '../run.js';
import { planEventPush } from './plan.js';
import { confirmUnchanged } from './read-before-write.js';
import { planRegistration } from './registration.js';
import { type UpdateDeps, update } from './update.js';

export interface EventPushDeps extends Omit<UpdateDeps, 'events'>, CreateEventDeps {
  events: CreateEventDeps['events'] & UpdateDeps['events'] & Pick<EventSyncStore, 'find' | 'storeTags' | 'withTags'>;
  backfills: CreateEventDeps['backfills'] & Pick<BackfillStore, 'findLinkAnswer'>;
  luma: LumaAccounts;
}

/** Pushes one event: the definition's handler. */
export const handleEventPush: Handler<typeof eventPush, EventPushDeps> = ({ eventId }, deps, ctx) =>
  pushEvent(eventId, null, deps, ctx);

/**
 * Brings Luma's event to our state: fields first, then tags, which Luma takes by requests of their own.
 *
 * @param planned For a step of a backfill: the account that its plan was made with. The plan has compared the
 *   calendar's events, so that no event of Luma's is looked for before a create.
 */
export async function pushEvent(
  eventId: string,
  planned: LumaAccount | null,
  deps: EventPushDeps,
  ctx: JobContext,
): Promise<Outcome> {
  const outcome = await pushFields(eventId, planned, deps, ctx);
  const open = async (calendarId: string) => planned ?? deps.luma.open(calendarId);
  const areTagsPushed = await pushTags(eventId, { ...deps, luma: { open } }, ctx);
  return areTagsPushed && outcome.kind === 'skipped' ? done({ tags: true }) : outcome;
}

/**
 * A record is tied to one of Luma's at most twice: to one that Luma had, or to one that a webhook has made a record of
 * meanwhile.
 */
const ROUNDS_MAX = 3;

/** A crash between any two lines is safe: the next run reads what is stored and, after a create, what Luma has. */
async function pushFields(
  eventId: string,
  planned: LumaAccount | null,
  deps: EventPushDeps,
  ctx: JobContext,
): Promise<Outcome> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const outcome = await pushRecord(eventId, planned, deps, ctx);
    if (outcome !== 'adopted') return outcome;
  }
  const message = `event ${eventId} was tied to an event of Luma's ${ROUNDS_MAX} times in one run`;
  throw new RetryAfterError('event.changed_meanwhile', message, { waitMs: 0 });
}

/**
 * @returns `adopted` when the event was tied to one that Luma had: the record is read again, and what Luma lacks is
 *   sent as any edit is.
 */
async function pushRecord(
  eventId: string,
  planned: LumaAccount | null,
  deps: EventPushDeps,
  ctx: JobContext,
): Promise<Outcome | 'adopted'> {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const plan = planEventPush(record.event, record.link, ctx.now());
  if (plan.kind === 'skip') return skipped(plan.reason);
  // Nothing of ours is at Luma yet: a person may have said that what Luma has is this event.
  const answer = plan.kind === 'create' && plan.mayCreate ? await deps.backfills.findLinkAnswer(eventId) : null;
  const pinned = answer?.calendarId ?? record.link?.calendarId;
  const account = planned ?? (await deps.luma.open(pinned ?? (await chooseCalendar(record.event, deps))));
  const run = { account, deps, ctx };
  switch (plan.kind) {
    case 'note': {
      // Nobody looked: when Luma was last seen stays as it is.
      const seen = { at: record.link?.observedAt ?? ctx.now(), url: null };
      await confirmUnchanged(record.event, plan.base, seen, deps, ctx);
      return skipped('already-equal');
    }
    case 'create': {
      const options = { answeredId: answer?.lumaEventId ?? null, isCompared: planned !== null };
      const end = await createEvent(record, plan, options, run);
      if (end.kind === 'adopted') return 'adopted';
      return end.kind === 'never-published'
        ? skipped('never-published')
        : updateCreated(record.event, end, plan.state, run);
    }
    case 'update':
      return update(record.event, plan, null, run);
  }
}

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

/** What was created is read, and sent what it lacks. */
function updateCreated(
  event: SyncEvent,
  { created, requested }: Extract<CreateEnd, { kind: 'created' }>,
  state: EventState,
  run: Run<EventPushDeps>,
): Promise<Outcome> {
  const { lumaEventId, adopted, askedBefore, accepted } = created;
  const registration = planRegistration(event, null);
  const found = { lumaEventId, lumaCreatedAt: null, send: state, seenAt: null, registration };
  // Perhaps of an earlier revision, and a host may have changed it since: what was asked for tells which is which.
  if (askedBefore !== null) return update(event, { ...found, base: askedBefore, readFirst: true }, null, run);
  const isOurs = !adopted && accepted !== null;
  const just = isOurs ? { ...accepted, problem: requested.problem, answeredAt: run.ctx.now() } : null;
  return update(event, { ...found, send: isOurs ? {} : state, base: null, readFirst: false }, just, run);
}
