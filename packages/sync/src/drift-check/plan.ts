import { DAY_MS } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { SyncEventWithLink } from '@luma-sync/store';
import { hasMoved, hasOtherQuestions } from '../event/follow-luma.js';
import { toObservedEventState } from '../event/observe-event.js';
import { planEventMerge } from '../event/plan-merge.js';
import { isAnotherEvent } from '../event/same-event.js';
import { hasOtherTags, toShownTags } from '../event/tags.js';

export type DriftPlan =
  /** The list shows it as we know it, and it was read in full not long ago. */
  | { kind: 'same' }
  /** Differs, cannot be on this list, or has not been read in full for long: one read tells. */
  | { kind: 'read' }
  /** The list should hold it and does not. */
  | { kind: 'missing' };

/** A list shows no descriptions, so each event is read in full about once a week. */
const FULL_READ_MS = 6 * DAY_MS;

/**
 * No I/O, no clock.
 *
 * @param listed     Null when a complete list does not hold the event.
 * @param listedFrom The list holds what starts at this moment or later.
 */
export function planDrift(
  { event, link }: SyncEventWithLink,
  listed: LumaEvent | null,
  { now, listedFrom }: { now: Date; listedFrom: Date },
): DriftPlan {
  // A push that has not finished reads Luma's state itself.
  if (link === null || link.base === null) return { kind: 'same' };
  if (listed === null) {
    // Lists hold what the calendar manages: a foreign event is on none. Nor is one that began days ago and still goes
    // on, since Luma lists by start.
    const startsAt = link.base.luma.startsAt ?? link.base.ours.startsAt;
    const isListable = event.ownership === 'created' && Date.parse(startsAt) >= listedFrom.getTime();
    return { kind: isListable ? 'missing' : 'read' };
  }
  const hasDescription = listed.description_md !== undefined;
  const isReadRecently = link.observedAt !== null && now.getTime() - link.observedAt.getTime() < FULL_READ_MS;
  if (!hasDescription && !isReadRecently) return { kind: 'read' };
  const isChanged = planEventMerge(event, link.base, toObservedEventState(listed)).changed;
  const isFollowed = hasMoved(event, listed) || hasOtherQuestions(event, listed);
  const tags = toShownTags(listed.tags);
  const isRetagged = tags !== null && hasOtherTags({ event, link }, tags, now);
  const isNews = isChanged || isFollowed || isRetagged || isAnotherEvent(link, listed);
  return isNews ? { kind: 'read' } : { kind: 'same' };
}
