import {
  type Base,
  type Differences,
  EVENT_FIELDS,
  type EventField,
  type EventRecordChanges,
  type EventState,
  type FieldConflict,
  foldAsked,
  followPlace,
  isEarlierRequest,
  isOurEventField,
  isRewriting,
  isSameEventField,
  type MergeResult,
  mergeThreeWay,
  type ObservedEventState,
  toEventRecordChanges,
  toEventState,
  withoutCancelledWord,
} from '@luma-sync/domain';
import type { SyncEvent } from '@luma-sync/store';
import { withFirstShown } from './first-shown.js';

const FIELD_RULES = { isSame: isSameEventField, isOurs: isOurEventField, isRewriting };

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
 * The new base keeps, for a field that still has to be sent, our old value, or the value of Luma's that ours replaces:
 * so it stays a change of ours until Luma has it. Luma's half takes what was seen in every case, so that the same
 * observation is no news a second time.
 */
export function planEventMerge(event: SyncEvent, known: Base<EventState>, shown: ObservedEventState): EventMergePlan {
  const ours = toEventState(event);
  const observed = withoutLateEffects(known, shown);
  const folded = foldAsked(EVENT_FIELDS, known, observed, FIELD_RULES);
  const base = withFirstShown(folded, known.asked, observed);
  const merged = mergeThreeWay(
    EVENT_FIELDS,
    { base, ours, theirs: observed },
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
    // Where a value of Luma's must go, ours is a change until Luma has it: also if ours is again what both once agreed
    // on.
    else if (isReplaced(field)) assign(nextOurs, field, observed);
    if (observed[field] !== undefined) assign(nextLuma, field, observed);
  }
  const taken = takenWhileInFlight(known, base, merged, afterTake);
  const notAtLuma = stillDiffering(base.notAtLuma, merged, nextOurs, observed);
  const next = {
    ...withoutNotes(base),
    ours: nextOurs,
    luma: nextLuma,
    ...(Object.keys(taken).length === 0 ? {} : { taken }),
    ...(Object.keys(notAtLuma).length === 0 ? {} : { notAtLuma }),
  };
  const takenFields = Object.keys(merged.take);
  const sendFields = Object.keys(merged.send);
  const changed = takenFields.length > 0 || merged.conflicts.length > 0 || !isSameBase(known, next);
  return { changed, take, takenFields, sendFields, conflicts: merged.conflicts, base: next };
}

/** What Luma shows of an earlier request of ours says nothing: a later one replaces it. */
function withoutLateEffects(known: Base<EventState>, shown: ObservedEventState): ObservedEventState {
  if (known.unseen?.earlier === undefined) return shown;
  const isLate = (field: EventField) =>
    isEarlierRequest(field, { ...known, asked: {} }, shown[field]) &&
    !isOurEventField(field, known.asked?.[field] ?? known.ours[field], shown[field]);
  return Object.fromEntries(EVENT_FIELDS.filter((field) => !isLate(field)).map((field) => [field, shown[field]]));
}

/** A field differs no longer when a host's value was taken over, or when Luma shows ours. */
function stillDiffering(
  known: Differences<EventState> = {},
  { take, send }: MergeResult<EventState>,
  ours: EventState,
  observed: ObservedEventState,
): Differences<EventState> {
  const isShown = (field: EventField) =>
    observed[field] !== undefined && isOurEventField(field, ours[field], observed[field]);
  // What is to be sent is settled by the push.
  const isSettled = (field: EventField) => field in take || (!(field in send) && isShown(field));
  return Object.fromEntries(
    EVENT_FIELDS.filter((field) => known[field] !== undefined && !isSettled(field)).map((field) => [
      field,
      known[field],
    ]),
  );
}

/**
 * What is taken over while a request of ours may still replace it, and what such a request has replaced and has to be
 * sent again.
 */
function takenWhileInFlight(
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

const withoutNotes = ({ taken: _, notAtLuma: _differences, ...base }: Base<EventState>): Base<EventState> => base;

/** What the app cancelled stays hidden, also when it is shown again at Luma; both values are kept. */
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
      JSON.stringify(a.luma[field]) === JSON.stringify(b.luma[field]) &&
      JSON.stringify(a.notAtLuma?.[field]) === JSON.stringify(b.notAtLuma?.[field]),
  );
}
