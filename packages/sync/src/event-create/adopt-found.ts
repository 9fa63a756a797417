import { followPlace, toEventRecordChanges, toEventState } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { BackfillStore, EventSyncStore, RsvpSyncStore, SyncEvent } from '@luma-sync/store';
import type { AdoptionReason } from '@luma-sync/timeline';
import { slugOf, toObservedEventState } from '../event/observe-event.js';
import type { Run } from '../run.js';
import { planAdoption } from './plan-adoption.js';

export interface AdoptFoundDeps {
  events: Pick<EventSyncStore, 'withEvent'>;
  rsvps: Pick<RsvpSyncStore, 'withGuests'>;
  backfills: Pick<BackfillStore, 'adopt'>;
}

/** Which event of ours is which at Luma, as just read there. */
export interface Found {
  event: SyncEvent;
  seen: LumaEvent;
  observedAt: Date;
  /** Our record of Luma's event, if it was taken in before; it becomes one with `event`. */
  mergesEventId: string | null;
  by: AdoptionReason;
}

/**
 * Ties our event to Luma's. The caller holds the event's lease. What Luma lacks of ours is left to the push that
 * follows, as a repeat, which mails nobody.
 *
 * @returns false when either of the two changed, or was tied to something else, meanwhile; nothing is stored then.
 */
export function adoptFound(
  { event, seen, observedAt, mergesEventId, by }: Found,
  { account, deps, ctx }: Run<AdoptFoundDeps>,
): Promise<boolean> {
  const { take, base, conflicts } = planAdoption(toEventState(event), toObservedEventState(seen));
  const adoption = {
    eventId: event.id,
    revision: event.revision,
    calendarId: account.calendarId,
    lumaEventId: seen.id,
    slug: slugOf(seen),
    url: seen.url ?? null,
    mergesEventId,
    base,
    take: followPlace(toEventRecordChanges(take), event),
    takenFields: Object.keys(take),
    conflicts,
    observedAt,
    by,
  };
  return withMerged(mergesEventId, event.id, deps, ctx, () => deps.backfills.adopt(ctx, adoption));
}

/** Runs on the record that goes away, or on the guests of either, end first. */
function withMerged<T>(
  mergesEventId: string | null,
  eventId: string,
  { events, rsvps }: AdoptFoundDeps,
  ctx: JobContext,
  work: () => Promise<T>,
): Promise<T> {
  if (mergesEventId === null) return work();
  return events.withEvent(ctx, mergesEventId, () =>
    rsvps.withGuests(ctx, mergesEventId, () => rsvps.withGuests(ctx, eventId, work)),
  );
}
