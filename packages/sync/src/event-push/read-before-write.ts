import {
  type Base,
  EVENT_FIELDS,
  type EventState,
  isSameEventField,
  toEventRecordChanges,
  toEventState,
} from '@luma-sync/domain';
import { done, type JobContext, type Outcome } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEvent, SyncEventLink } from '@luma-sync/store';
import { changedMeanwhile } from '../event/changed-meanwhile.js';
import { followAfterPush } from '../event/follow-luma.js';
import { awaitOthers, stillInFlight } from '../event/in-flight.js';
import { slugOf, toObservedEventState } from '../event/observe-event.js';
import { type EventMergePlan, planEventMerge } from '../event/plan-merge.js';
import { assertSameEvent, noteCreatedAt, type SameEventDeps } from '../event/same-event.js';
import { orNotShownYet } from '../event/unseen.js';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';

interface ReadDeps {
  events: SameEventDeps['events'] & Pick<EventSyncStore, 'storeObservation' | 'confirmPush' | 'storeFollowed'>;
}

export interface ReadBeforeWrite {
  send: Partial<EventState>;
  base: Base<EventState>;
  /** How the run ends here; null when something is left to send. */
  outcome: Outcome | null;
}

/**
 * Reads what Luma holds and merges it before anything is replaced there. What an interrupted run had brought there is
 * not sent again.
 */
export async function readBeforeWrite(
  event: SyncEvent,
  link: Pick<SyncEventLink, 'lumaCreatedAt'> & { lumaEventId: string },
  known: Base<EventState>,
  { account, deps, ctx }: Run<ReadDeps>,
): Promise<ReadBeforeWrite> {
  const { lumaEventId } = link;
  const observedAt = ctx.now();
  const reading = account.api.getEvent(lumaEventId, toCall(ctx, 'interactive'));
  const wasShown = Object.keys(known.luma).length > 0;
  const seen = await (wasShown ? reading : orNotShownYet(event.id, reading));
  const linked = { eventId: event.id, link, seen, via: 'push', observedAt };
  await assertSameEvent(linked, deps, ctx);
  await noteCreatedAt(linked, deps, ctx);
  const observed = toObservedEventState(seen);
  const merge = planEventMerge(event, known, observed);
  const { base } = merge;
  /**
   * Both sides say the same; but what else was asked for must have come in, or could not any more when this was seen.
   */
  const confirm = async (): Promise<void> => {
    // What was seen of it already is the host's, should it come in over their word.
    if (base.asked !== undefined) awaitOthers({ ...event, ...merge.take }, base, {}, observedAt);
    const sentFields = known.unseen === undefined ? [] : Object.keys(known.asked ?? {});
    await confirmUnchanged(event, base, { at: observedAt, url: seen.url ?? null, sentFields }, deps, ctx);
    await followAfterPush({ ...event, ...merge.take, url: seen.url ?? event.url }, seen, observedAt, deps, ctx);
  };
  const pushNeeded = merge.sendFields.length > 0;
  if (merge.conflicts.length > 0 || merge.takenFields.length > 0) {
    const isStored = await deps.events.storeObservation(ctx, {
      ...merge,
      eventId: event.id,
      calendarId: account.calendarId,
      revision: event.revision,
      observedAt,
      via: 'push',
      state: pushNeeded ? 'pending_push' : 'pulled',
      pushNeeded,
      trigger: ctx.trigger,
    });
    if (!isStored) throw changedMeanwhile(`event ${event.id} was edited while Luma's state was merged`);
    const details = { lumaEventId, taken: merge.takenFields.join(' '), conflicts: merge.conflicts.length };
    // The rest travels with the newest row, which this run has just changed.
    if (pushNeeded) return { send: {}, base, outcome: done(details) };
    await confirm();
    return { send: {}, base, outcome: done(details) };
  }
  const send = openFields(event, merge, observed, known);
  if (Object.keys(send).length > 0) return { send, base, outcome: null };
  await confirm();
  const details = { lumaEventId, revision: event.revision, sent: 0, taken: 0, slug: slugOf(seen) };
  return { send, base, outcome: done(details) };
}

/**
 * What still has to be sent, now that Luma's state is known: our changes, and whatever was asked for of a field that
 * Luma does not show. Nobody can see whether that came in, also when it is what both sides agreed on before: an earlier
 * request may have said otherwise.
 *
 * @param known What both sides agreed on before this look. An event of which Luma has shown nothing yet was made with
 *   all that was asked for.
 */
export function openFields(
  event: SyncEvent,
  { sendFields, base }: Pick<EventMergePlan, 'sendFields' | 'base'>,
  observed: Partial<EventState>,
  known: Base<EventState>,
): Partial<EventState> {
  const state = toEventState(event);
  const wasMade = Object.keys(known.luma).length === 0;
  const fields = EVENT_FIELDS.filter((field) => {
    if (sendFields.includes(field)) return true;
    const asked = base.asked?.[field];
    if (asked === undefined) return false;
    // Luma accepted it and may show it yet, though ours went back to what was before.
    if (base.unseen !== undefined && !isSameEventField(field, state[field], asked)) return true;
    if (observed[field] !== undefined) return false;
    return !wasMade || !isSameEventField(field, state[field], asked);
  });
  return Object.fromEntries(fields.map((field) => [field, state[field]])) as Partial<EventState>;
}

/** Both sides say the same: only that is noted, and what may still come in. */
export async function confirmUnchanged(
  event: SyncEvent,
  { asked: _asked, taken: _taken, unseen: _unseen, underWay, ...base }: Base<EventState>,
  seen: { at: Date; url: string | null; sentFields?: readonly string[] },
  deps: { events: Pick<EventSyncStore, 'confirmPush'> },
  ctx: JobContext,
): Promise<void> {
  await deps.events.confirmPush(ctx, {
    eventId: event.id,
    revision: event.revision,
    base: { ...base, ...stillInFlight(underWay, seen.at) },
    observedAt: seen.at,
    url: seen.url,
    take: toEventRecordChanges({}),
    sentFields: seen.sentFields ?? [],
    mailReason: null,
    problem: null,
  });
}
