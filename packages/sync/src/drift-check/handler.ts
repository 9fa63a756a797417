import {
  DAY_MS,
  done,
  type driftCheck,
  type Handler,
  HOUR_MS,
  type JobContext,
  RetryAfterError,
} from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventRemovals, EventSyncStore, ReconcileStore, SyncEventWithLink } from '@luma-sync/store';
import { type ApplyEventDeps, applyUnlessBusy } from '../event/apply-observed.js';
import { markGone, readEvent } from '../event/read-event.js';
import { toShownTags } from '../event/tags.js';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import { readWholeList } from '../read-listing.js';
import { planDrift } from './plan.js';

export interface DriftCheckDeps extends ApplyEventDeps {
  reconcile: Pick<ReconcileStore, 'requestSweeps' | 'touchRead'>;
  events: ApplyEventDeps['events'] & Pick<EventSyncStore, 'listLinked' | 'touchChecked' | 'markSourceDeleted'>;
  eventRemovals: Pick<EventRemovals, 'review'>;
  luma: LumaAccounts;
}

const BATCH = 200;

/**
 * Compares every linked event of a calendar that has not ended with what Luma has, with as few requests as Luma allows.
 */
export const handleDriftCheck: Handler<typeof driftCheck, DriftCheckDeps> = async ({ calendarId }, deps, ctx) => {
  const account = await deps.luma.open(calendarId);
  const startedAt = ctx.now();
  const listedFrom = new Date(startedAt.getTime() - DAY_MS);
  const { events: listed, unreadIds } = await listEvents(account, listedFrom, ctx);
  const tagsOf = (lumaEventId: string) => toListedTags(listed.get(lumaEventId), startedAt);
  const counts = { checked: 0, drifted: 0, gone: 0, unknown: 0, busy: 0, held: 0 };
  const missing: SyncEventWithLink[] = [];
  const read = async (record: SyncEventWithLink, inList: InList): Promise<void> => {
    const listedTags = tagsOf(record.link?.lumaEventId ?? '');
    const found = await readAndApply(record, { inList, listedTags }, account, deps, ctx);
    if (found === 'missing') missing.push(record);
    else if (found !== 'same') counts[found] += 1;
  };
  let afterId: string | null = null;
  for (;;) {
    const batch: SyncEventWithLink[] = await deps.events.listLinked({
      calendarId,
      endsAfter: startedAt,
      afterId,
      limit: BATCH,
    });
    const same: string[] = [];
    for (const record of batch) {
      const lumaEventId = record.link?.lumaEventId ?? '';
      counts.checked += 1;
      // The list shows it, and nobody can read it.
      if (unreadIds.has(lumaEventId)) {
        counts.unknown += 1;
        continue;
      }
      const shown = listed.get(lumaEventId) ?? null;
      const plan = planDrift(record, shown, { now: ctx.now(), listedFrom });
      if (plan.kind === 'same') same.push(record.event.id);
      else if (plan.kind === 'missing') missing.push(record);
      else await read(record, shown === null ? 'cannot-be' : 'is');
    }
    await deps.events.touchChecked(same, startedAt);
    await ctx.report({ done: counts.checked, total: null });
    afterId = batch.at(-1)?.event.id ?? null;
    if (batch.length < BATCH) break;
  }
  const ids = missing.map(({ event }) => event.id);
  const absent = { calendarId, total: counts.checked, missing: ids, listedAt: startedAt };
  const { due, isAsked } = await deps.eventRemovals.review(ctx, absent);
  for (const record of missing) if (due.includes(record.event.id)) await read(record, 'should-be');
  counts.held = missing.length - due.length;
  // Guests are compared by reading all of them, page by page: each list as an operation of its own, since some are
  // long.
  const sweeps = await deps.reconcile.requestSweeps(calendarId, new Date(startedAt.getTime() - SWEPT_RECENTLY_MS));
  return done({ ...counts, isAsked, sweeps });
};

/** A guest list that was read since then is compared already. */
const SWEPT_RECENTLY_MS = 20 * HOUR_MS;

interface Listed {
  events: Map<string, LumaEvent>;
  /**
   * Luma's ids of entries that could not be read. One without an id holds nobody back: what is missing is read before
   * it is taken for gone.
   */
  unreadIds: Set<string>;
}

async function listEvents(account: LumaAccount, from: Date, ctx: JobContext): Promise<Listed> {
  const after = from.toISOString();
  const listing = account.api.listAllEvents({ after, sort_direction: 'asc' }, toCall(ctx, 'bulk'));
  // What half a list lacks is not missing.
  const { entries, odd } = await readWholeList(listing, `the event list of calendar ${account.calendarId}`);
  const unread = odd.flatMap(({ isRead, identity }) => (isRead || identity.id === null ? [] : [identity.id]));
  return { events: new Map(entries.map((event) => [event.id, event])), unreadIds: new Set(unread) };
}

/** No read of one event shows tags. */
function toListedTags(listed: LumaEvent | undefined, observedAt: Date) {
  const shown = toShownTags(listed?.tags);
  return shown === null ? null : { shown, observedAt };
}

type DriftFound = 'same' | 'drifted' | 'gone' | 'missing' | 'unknown' | 'busy';
/** What the complete list says of an event: it is in it, should be and is not, or is of no kind that lists hold. */
type InList = 'is' | 'should-be' | 'cannot-be';

/**
 * One full read settles it, made without the event's lease. Gone is believed only when both the complete list and this
 * read say so, and no run has written to the event meanwhile.
 */
async function readAndApply(
  { event, link }: SyncEventWithLink,
  { inList, listedTags }: { inList: InList; listedTags: ReturnType<typeof toListedTags> },
  account: LumaAccount,
  deps: DriftCheckDeps,
  ctx: JobContext,
): Promise<DriftFound> {
  const lumaEventId = link?.lumaEventId;
  if (lumaEventId == null) return 'unknown';
  const { found, ...read } = await readEvent({ eventId: event.id, lumaEventId }, account, deps, ctx, 'bulk');
  if (found.kind === 'found') {
    const observation = {
      ...read,
      ...(listedTags && { listedTags }),
      seen: found.record,
      via: 'drift check',
      isFull: true,
      changedState: 'drifted',
    } as const;
    const applied = await applyUnlessBusy(observation, account, deps, ctx);
    if (applied === 'updated') return 'drifted';
    if (applied === 'id-reused') return 'gone';
    if (applied !== 'unchanged') return 'busy';
    await deps.reconcile.touchRead(event.id, read.observedAt);
    return 'same';
  }
  if (found.kind === 'unreadable') return 'unknown';
  // Luma answers 403 for a foreign event as for one that is gone. Our own cannot have become foreign; a referenced one
  // may.
  if (event.ownership === 'referenced') return 'unknown';
  // The list shows it and a read does not: Luma contradicts itself, and nothing follows.
  if (inList === 'is') return 'unknown';
  // Only a read so far: whether so many can be gone is asked first, as of those that the list lacks.
  if (inList === 'cannot-be') return 'missing';
  return (await markGoneUnlessBusy(event.id, read, deps, ctx)) ? 'gone' : 'busy';
}

/** An event that another run works on is left to that run. One busy event must not start the whole check again. */
async function markGoneUnlessBusy(
  eventId: string,
  read: Parameters<typeof markGone>[1],
  deps: DriftCheckDeps,
  ctx: JobContext,
): Promise<boolean> {
  try {
    return await markGone({ eventId, isCancelled: false, via: 'drift check' }, read, deps, ctx);
  } catch (error) {
    if (error instanceof RetryAfterError && error.code === 'lease.busy') return false;
    throw error;
  }
}
