import { type JobContext, PermanentError, RetryAfterError, type Trigger } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, LeaseWait, SyncEventLink, SyncEventWithLink } from '@luma-sync/store';
import type { UnreadableNotes } from '../inbox-apply/note-delivery.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { toStorable } from '../storable.js';
import { changedMeanwhile } from './changed-meanwhile.js';
import {
  followLuma,
  hasMoved,
  hasOtherQuestions,
  toFollowedDetails,
  toObservedHosts,
  toShownQuestions,
} from './follow-luma.js';
import { toForeignKind, toObservedLocationType } from './location-type.js';
import { noteForbidden } from './note-forbidden.js';
import { slugOf, toImportedEventState, toObservedEventState } from './observe-event.js';
import { planEventMerge } from './plan-merge.js';
import { isUnwritten, readEvent } from './read-event.js';
import { isAnotherEvent, noteCreatedAt, type SameEventDeps, toCreatedAt } from './same-event.js';
import { hasOtherTags, listTags, listTagsUnlessRefused, takeTags, toShownTags } from './tags.js';

export interface ApplyEventDeps {
  unreadable: UnreadableNotes;
  events: SameEventDeps['events'] &
    Pick<
      EventSyncStore,
      'find' | 'findIdByLuma' | 'storeObservation' | 'storeFollowed' | 'storeTags' | 'import' | 'withEvent'
    >;
}

/** Luma's event as seen, and how. */
export interface EventObservation {
  seen: LumaEvent;
  /** When the request was made, or the webhook signed. */
  observedAt: Date;
  /** `webhook`, `pull`, `drift check`; shown to operators. */
  via: string;
  /** False for a list entry or a webhook, which lack fields: then a new event is read in full before it is taken in. */
  isFull: boolean;
  /**
   * Of a read that this very run made of the event: the link right before it. Anything else, a webhook or a list, has
   * none and may be older than what we know: a webhook carries no version and comes late, again or in another order. A
   * difference it shows is confirmed by a read; one that shows none costs nothing.
   */
  linkBefore?: SyncEventLink | null;
  /** What the link becomes when Luma changed something. */
  changedState?: 'pulled' | 'drifted';
  /** Tags as a list shows them that was made for this observation. */
  listedTags?: { shown: readonly string[]; observedAt: Date };
}

/** `id-reused`: Luma has another event under the id that ours is linked to. */
export type EventApplied =
  | 'imported'
  | 'updated'
  | 'unchanged'
  | 'in-flight'
  | 'unreadable'
  | 'forbidden'
  | 'not-ours'
  | 'id-reused';

/**
 * Takes an observation of one event into our records, from a webhook, a list, a read or a push. Our own pushes come
 * back this way too: they equal the base and change nothing. The event's lease is held for the merge alone, not while a
 * read waits for its slot and its answer.
 *
 * @param wait For the lease, at the first try. Default: as long as to read again would cost where the run has read,
 *   else not at all.
 */
export async function applyObservedEvent(
  observation: EventObservation,
  account: LumaAccount,
  deps: ApplyEventDeps,
  ctx: JobContext,
  wait: LeaseWait = observation.linkBefore === undefined ? {} : LEASE_WAIT,
): Promise<{ applied: EventApplied; eventId: string | null }> {
  try {
    return await mergeOrImport(observation, account, deps, ctx, wait);
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== 'store.refused') throw error;
    return { applied: await noteRefused(observation.seen, error, account, deps), eventId: null };
  }
}

/** Pushes of the event that wrote during each read: the next run begins anew. */
const READS_MAX = 3;

async function mergeOrImport(
  observation: EventObservation,
  account: LumaAccount,
  deps: ApplyEventDeps,
  ctx: JobContext,
  wait: LeaseWait,
): Promise<{ applied: EventApplied; eventId: string | null }> {
  const { seen } = observation;
  const eventId = await deps.events.findIdByLuma({
    eventId: seen.id,
    slug: slugOf(seen),
    calendarId: account.calendarId,
  });
  if (eventId === null) return importEvent(observation, account, deps, ctx);
  let newest = { observation, wait };
  for (let reads = 0; reads <= READS_MAX; reads += 1) {
    const merge = () => mergeObservation(eventId, newest.observation, account, deps, ctx);
    const applied = await deps.events.withEvent(ctx, eventId, merge, newest.wait);
    if (applied !== 'must-read' && applied !== 'must-list') return { applied, eventId };
    if (reads === READS_MAX) break;
    if (applied === 'must-list') {
      const around = { lumaEventId: seen.id, startsAt: new Date(seen.start_at) };
      const listedTags = (await listTags(around, account, ctx)) ?? { shown: [], observedAt: new Date(0) };
      newest = { observation: { ...newest.observation, listedTags }, wait: LEASE_WAIT };
      continue;
    }
    const { found, ...read } = await readEvent({ eventId, lumaEventId: seen.id }, account, deps, ctx, 'sync');
    if (found.kind !== 'found') return { applied: 'unreadable', eventId };
    newest = { observation: { ...newest.observation, ...read, seen: found.record, isFull: true }, wait: LEASE_WAIT };
  }
  throw changedMeanwhile(`event ${eventId} was written while Luma's state was merged`);
}

/**
 * As {@link applyObservedEvent}, for lists: an event that another run works on is left to that run, which reads Luma's
 * state itself. One busy event must not start the whole list again.
 */
export async function applyUnlessBusy(
  observation: EventObservation,
  account: LumaAccount,
  deps: ApplyEventDeps,
  ctx: JobContext,
): Promise<EventApplied> {
  try {
    return (await applyObservedEvent(observation, account, deps, ctx, {})).applied;
  } catch (error) {
    if (error instanceof RetryAfterError && LEFT_TO_OTHERS.has(error.code)) return 'in-flight';
    throw error;
  }
}

/** Postgres cannot hold a value of it: kept as unreadable, and others are taken in. */
async function noteRefused(
  seen: LumaEvent,
  { message }: PermanentError,
  { calendarId }: LumaAccount,
  { unreadable }: ApplyEventDeps,
): Promise<EventApplied> {
  const odd = {
    isRead: false,
    notes: [{ path: '', reason: toRefusal(message) }],
    identity: { id: seen.id },
    raw: seen,
  };
  await unreadable.note(calendarId, { kind: 'event', from: 'store', lumaEventId: seen.id, readIds: [], odd: [odd] });
  return 'unreadable';
}

/** The message ends with the SQLSTATE. */
const toRefusal = (message: string): string => `refused_${/\((\w+)\)$/.exec(message)?.[1] ?? 'unknown'}`;

const LEFT_TO_OTHERS = new Set(['lease.busy', 'event.changed_meanwhile']);

/** @returns `must-read`: only a read can tell whether the observation or what we know is newer. Nothing was stored. */
async function mergeObservation(
  eventId: string,
  observation: EventObservation,
  account: LumaAccount,
  deps: ApplyEventDeps,
  ctx: JobContext,
): Promise<EventApplied | 'must-read' | 'must-list'> {
  const record = await deps.events.find(eventId);
  // A create that has not ended finds its event by its address and merges what is there.
  if (record?.link == null || record.link.base === null || record.link.lumaEventId === null) return 'in-flight';
  const { seen, observedAt, isFull, via } = observation;
  if (isAnotherEvent(record.link, seen)) {
    if (record.link.state === 'source_deleted') return 'id-reused';
    if (observation.linkBefore === undefined || !isUnwritten(observation.linkBefore, record.link)) return 'must-read';
    await deps.events.markIdReused(ctx, { eventId, via, observedAt });
    return 'id-reused';
  }
  await noteCreatedAt({ eventId, link: record.link, seen }, deps, ctx);
  const isTagged = await takeShownTags(record, observation, deps, ctx);
  if (isTagged === 'must-list') return isTagged;
  const same: EventApplied = isTagged ? 'updated' : 'unchanged';
  const plan = planEventMerge(record.event, record.link.base, toObservedEventState(seen));
  // Taken for deleted and seen again: worth a look, even if nothing else differs.
  const isBack = record.link.state === 'source_deleted';
  const isFollowed =
    hasMoved(record.event, seen) ||
    hasOtherQuestions(record.event, seen) ||
    toForeignKind(record.event, seen, isFull) !== null;
  const followed = { seen, via, observedAt, isFull, sendFields: plan.sendFields };
  const hasDetails = Object.keys(toFollowedDetails(record.event, followed)).length > 0;
  if (!plan.changed && !isBack && !isFollowed && !hasDetails) return same;
  const isRead = observation.linkBefore !== undefined && isUnwritten(observation.linkBefore, record.link);
  if (!isRead && (plan.changed || isBack || isFollowed)) return 'must-read';
  // The run that wrote meanwhile has read the details itself.
  const hasFollowed = isRead || !isFull ? await followLuma(record.event, followed, deps, ctx) : false;
  if (!plan.changed && !isBack) return hasFollowed ? 'updated' : same;
  await storeMerge(record, plan, observation, { account, deps, ctx });
  return plan.takenFields.length > 0 || plan.conflicts.length > 0 ? 'updated' : same;
}

/** @returns whether our tags changed. */
async function takeShownTags(
  { event, link }: SyncEventWithLink,
  observation: EventObservation,
  deps: ApplyEventDeps,
  ctx: JobContext,
): Promise<boolean | 'must-list'> {
  const tags = findShownTags(observation);
  if (tags === null || link === null || !hasOtherTags({ event, link }, tags.shown, ctx.now())) return false;
  // A webhook may be late, and no read shows tags.
  if (!tags.isConfirmed) return 'must-list';
  return takeTags(event.id, { ...tags, via: observation.via }, deps, ctx);
}

/** Null where nothing is shown of them. `isConfirmed`: by a list that was asked for at `observedAt`. */
function findShownTags({ seen, observedAt, isFull, via, listedTags }: EventObservation) {
  if (listedTags !== undefined) return { ...listedTags, isConfirmed: true };
  const shown = isFull ? null : toShownTags(seen.tags);
  return shown === null ? null : { shown, observedAt, isConfirmed: via !== 'webhook' };
}

async function storeMerge(
  { event }: SyncEventWithLink,
  plan: ReturnType<typeof planEventMerge>,
  observation: EventObservation,
  { account, deps, ctx }: Run<ApplyEventDeps>,
): Promise<void> {
  const trigger: Trigger = ctx.trigger;
  const isPushed = event.approval === 'approved' || event.approval === 'cancelled';
  const pushNeeded = plan.sendFields.length > 0 && isPushed;
  const isStored = await deps.events.storeObservation(ctx, {
    ...plan,
    eventId: event.id,
    calendarId: account.calendarId,
    revision: event.revision,
    observedAt: observation.observedAt,
    state: pushNeeded
      ? 'pending_push'
      : plan.takenFields.length > 0
        ? (observation.changedState ?? 'pulled')
        : 'synced',
    pushNeeded,
    via: observation.via,
    trigger,
  });
  if (!isStored) throw changedMeanwhile(`event ${event.id} was written while Luma's state was merged`);
}

async function importEvent(
  observation: EventObservation,
  account: LumaAccount,
  deps: ApplyEventDeps,
  ctx: JobContext,
): Promise<{ applied: EventApplied; eventId: string | null }> {
  let { seen, observedAt } = observation;
  if (!observation.isFull) {
    observedAt = ctx.now();
    const found = await account.api.findEvent(seen.id, toCall(ctx, 'sync'));
    if (found.kind === 'forbidden') {
      await noteForbidden(seen.id, account, deps);
      return { applied: 'forbidden', eventId: null };
    }
    if (found.kind !== 'found') return { applied: 'unreadable', eventId: null };
    seen = found.record;
    // The full record may name the address that a push of ours has reserved, or that push may have ended meanwhile.
    const known = await deps.events.findIdByLuma({
      eventId: seen.id,
      slug: slugOf(seen),
      calendarId: account.calendarId,
    });
    if (known !== null) return { applied: 'in-flight', eventId: known };
  }
  const isForeign = seen.access === 'view';
  const isElsewhere =
    account.lumaCalendarId !== null && seen.calendar_id !== undefined && seen.calendar_id !== account.lumaCalendarId;
  if (isElsewhere && !isForeign) return { applied: 'not-ours', eventId: null };
  const tags = await findImportedTags(observation, { isForeign, account, ctx });
  const observed = toObservedEventState(seen);
  const state = toImportedEventState({
    ...observed,
    title: toStorable(seen.name),
    startsAt: seen.start_at,
    endsAt: seen.end_at,
    timezone: seen.timezone,
  });
  const eventId = await deps.events.import(ctx, {
    calendarId: account.calendarId,
    lumaEventId: seen.id,
    lumaCreatedAt: toCreatedAt(seen),
    slug: slugOf(seen),
    url: seen.url ?? null,
    ownership: isForeign ? 'referenced' : 'created',
    state,
    locationType: toObservedLocationType(seen),
    base: { ours: state, luma: observed },
    observedAt,
    tags,
    registrationQuestions: toShownQuestions(seen),
    city: toStorable(seen.geo_address_json)?.city ?? null,
    country: toStorable(seen.geo_address_json)?.country ?? null,
    hosts: toObservedHosts(seen),
    via: observation.via,
  });
  // Null: another delivery about the same event was quicker, with the same news.
  return { applied: eventId === null ? 'unchanged' : 'imported', eventId };
}

/** A read shows no tags, so one list request more is made for them. A list of ours has no foreign events. */
async function findImportedTags(
  { seen, isFull, listedTags }: EventObservation,
  { isForeign, account, ctx }: { isForeign: boolean; account: LumaAccount; ctx: JobContext },
): Promise<string[] | null> {
  if (listedTags !== undefined) return [...listedTags.shown];
  if (!isFull || isForeign) return toShownTags(seen.tags);
  const around = { lumaEventId: seen.id, startsAt: new Date(seen.start_at) };
  return (await listTagsUnlessRefused(around, account, ctx))?.shown ?? null;
}
