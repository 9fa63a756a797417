import {
  type Base,
  EVENT_FIELDS,
  type EventField,
  type EventRecordChanges,
  type EventState,
  type FieldConflict,
  foldAsked,
  followPlace,
  isOurEventField,
  isSameEventField,
  type MergeResult,
  mergeThreeWay,
  type ObservedEventState,
  toEventRecordChanges,
  toEventState,
  withoutCancelledWord,
} from '@luma-sync/domain';
import type { SyncEvent } from '@luma-sync/store';
import { withFirstCover } from './first-cover.js';

export interface EventMergePlan {
  /** False: both sides are as they were when they last agreed. */
  changed: boolean;
  take: EventRecordChanges;
  takenFields: readonly string[];
  /** Fields of ours that Luma does not have yet. */
  sendFields: readonly string[];
  conflicts: readonly FieldConflict<EventState>[];
  base: Base<EventState>;
}

/**
 * Merges what Luma shows into our event. The side an event began on wins where both changed the same field.
 *
 * The new base keeps, for a field that still has to be sent, our old value, or the value of Luma's that ours replaces: so it stays a change of
 * ours until Luma has it. Luma's half takes what was seen in every case, so that the same observation is no news a second time.
 */
export function planEventMerge(
  event: SyncEvent,
  known: Base<EventState>,
  observed: ObservedEventState,
): EventMergePlan {
  const ours = toEventState(event);
  const folded = foldAsked(EVENT_FIELDS, known, observed, isOurEventField, isSameEventField);
  const base = withFirstCover(folded, known.asked, observed);
  const merged = mergeThreeWay(
    EVENT_FIELDS,
    base,
    ours,
    observed,
    event.source === 'app' ? 'ours' : 'theirs',
    isSameEventField,
  );
  if (event.approval === 'cancelled') keepHidden(merged, base, ours);
  const changes = withoutCancelledWord(toEventRecordChanges(merged.take), event);
  // What a foreign event shows of its place lacks the link: its kind is followed as Luma shows it.
  const take = event.ownership === 'referenced' ? changes : followPlace(changes, event);
  const afterTake = toEventState({ ...event, ...take });
  const nextOurs = { ...base.ours };
  const nextLuma: Partial<EventState> = { ...base.luma };
  const isReplaced = (field: EventField) => merged.conflicts.some((conflict) => conflict.field === field);
  for (const field of EVENT_FIELDS) {
    if (!(field in merged.send)) assign(nextOurs, field, afterTake);
    // Where a value of Luma's must go, ours is a change until Luma has it: also if ours is again what both once agreed on.
    else if (isReplaced(field)) assign(nextOurs, field, observed);
    if (observed[field] !== undefined) assign(nextLuma, field, observed);
  }
  const taken = takenUnderWay(known, base, merged, afterTake);
  const takenFields = Object.keys(merged.take);
  const sendFields = Object.keys(merged.send);
  return {
    changed:
      takenFields.length > 0 || merged.conflicts.length > 0 || !isSameBase(known, { ours: nextOurs, luma: nextLuma }),
    take,
    takenFields,
    sendFields,
    conflicts: merged.conflicts,
    base: {
      ...withoutTaken(base),
      ours: nextOurs,
      luma: nextLuma,
      ...(Object.keys(taken).length === 0 ? {} : { taken }),
    },
  };
}

/** What is taken over while a request of ours may still replace it, and what such a request has replaced and has to be sent again. */
function takenUnderWay(
  known: Base<EventState>,
  folded: Base<EventState>,
  merged: MergeResult<EventState>,
  ours: EventState,
): Partial<EventState> {
  const taken: Partial<EventState> = {};
  for (const field of EVENT_FIELDS) {
    if (known.asked?.[field] !== undefined && field in merged.take) assign(taken, field, ours);
    else if (known.taken?.[field] !== undefined && (folded.asked?.[field] !== undefined || field in merged.send))
      assign(taken, field, known.taken);
  }
  return taken;
}

const withoutTaken = ({ taken: _, ...base }: Base<EventState>): Base<EventState> => base;

/** What the app cancelled stays hidden, whoever shows it again at Luma and whoever owns it; both values are kept. */
function keepHidden(merged: MergeResult<EventState>, base: Base<EventState>, ours: EventState): void {
  const { visibility: theirs } = merged.take;
  if (theirs === undefined || theirs === ours.visibility) return;
  const known = merged.conflicts.findIndex(({ field }) => field === 'visibility');
  if (known !== -1) merged.conflicts.splice(known, 1);
  merged.conflicts.push({
    field: 'visibility',
    base: base.luma.visibility,
    ours: ours.visibility,
    theirs,
    kept: 'ours',
  });
  delete merged.take.visibility;
  merged.send.visibility = ours.visibility;
}

function assign<F extends keyof EventState>(target: Partial<EventState>, field: F, from: Partial<EventState>): void {
  target[field] = from[field];
}

function isSameBase(a: Base<EventState>, b: Base<EventState>): boolean {
  return EVENT_FIELDS.every(
    (field) =>
      JSON.stringify(a.ours[field]) === JSON.stringify(b.ours[field]) &&
      JSON.stringify(a.luma[field]) === JSON.stringify(b.luma[field]),
  );
}
