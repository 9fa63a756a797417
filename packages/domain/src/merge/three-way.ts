import { isSameValue } from './same-value.js';

/**
 * The state both sides last agreed on, kept as each side writes it. Luma changes what we send (its Markdown most of all), so each side is
 * compared with its own half: a difference there is a change that side made, and what merely looks different is none.
 */
export interface Base<State extends object> {
  ours: State;
  /** As Luma returned it; a field Luma never returned is absent. */
  luma: Partial<State>;
  /** What Luma was asked for since, without having seen whether it took: a request whose run was interrupted. */
  asked?: Partial<State>;
  /**
   * What the requests said that got no answer, and until when the last of them may still come in at Luma, ISO. They do not contradict each other:
   * what says otherwise waits until none of them can come in after it, also once all they asked for was seen, since a host may have said the same.
   */
  underWay?: { said: Partial<State>; until: string };
  /**
   * Luma's values that were taken over while a request of ours that says otherwise might still come in. What such a request replaces is sent again,
   * and is no word of ours for that.
   */
  taken?: Partial<State>;
}

/**
 * What we asked for and now see at Luma is agreed, even though the run that asked never came to note it: our own doing is no news.
 *
 * @param isSame What is no change, by field.
 * @param isOurs Whether what Luma shows is what was asked for, as Luma writes it.
 */
export function foldAsked<State extends object>(
  fields: readonly (keyof State & string)[],
  base: Base<State>,
  theirs: Partial<State>,
  isOurs: Comparison<State> = byValue,
  isSame: Comparison<State> = byValue,
): Base<State> {
  const { asked, underWay } = base;
  if (asked === undefined) return base;
  const folded: Base<State> = { ours: { ...base.ours }, luma: { ...base.luma } };
  const open: Partial<State> = {};
  /** What Luma held before it was asked: it travelled with the others, and seeing it tells nothing. */
  const along: Partial<State> = {};
  let isSeen = false;
  for (const field of fields) {
    const value = asked[field];
    if (value === undefined) continue;
    const shown = theirs[field];
    // What Luma showed before as well did not come of the request, however alike the two are.
    const wasThere = isSame(field, value, base.luma[field]);
    const isOld = isSame(field, shown, base.luma[field]) && !wasThere;
    if (shown !== undefined && wasThere && isSame(field, shown, value)) along[field] = value;
    else if (shown !== undefined && !isOld && isOurs(field, value, shown)) {
      folded.ours[field] = value as State[typeof field];
      folded.luma[field] = theirs[field];
      isSeen = true;
    } else if (shown === undefined || base.luma[field] !== undefined) open[field] = value;
    // Never shown before: it was made with what was asked for, and what it shows instead is somebody else's.
    else isSeen = true;
  }
  const isOver = isSeen && Object.keys(open).length === 0;
  Object.assign(isOver ? folded.ours : open, along);
  // A record is made once: what else comes in of that is refused.
  const isMade = isSeen && Object.keys(base.luma).length === 0;
  return {
    ...folded,
    ...(Object.keys(open).length === 0 ? {} : { asked: open }),
    ...(underWay === undefined || isMade ? {} : { underWay }),
  };
}

/** How two values of a field are compared. */
export type Comparison<State extends object> = (field: keyof State & string, a: unknown, b: unknown) => boolean;

const byValue = (_field: string, a: unknown, b: unknown): boolean => isSameValue(a, b);

export type Side = 'ours' | 'theirs';

export interface FieldConflict<State extends object> {
  field: keyof State & string;
  base: unknown;
  ours: unknown;
  theirs: unknown;
  kept: Side;
}

export interface MergeResult<State extends object> {
  /** Fields only Luma changed, or where Luma wins: to be written to our row. */
  take: Partial<State>;
  /** Fields only we changed, or where we win: to be sent to Luma. */
  send: Partial<State>;
  /** Fields both changed to different values since the base. */
  conflicts: FieldConflict<State>[];
}

/**
 * Compares both sides with the base, field by field, without any clock.
 *
 * @param theirs Fields absent here are unknown: they are sent if we changed them, and never taken.
 * @param owner  Whose value stays when both changed.
 * @param isSame What is no change, by field.
 */
export function mergeThreeWay<State extends object>(
  fields: readonly (keyof State & string)[],
  base: Base<State>,
  ours: State,
  theirs: Partial<State>,
  owner: Side,
  isSame: Comparison<State> = byValue,
): MergeResult<State> {
  const result: MergeResult<State> = { take: {}, send: {}, conflicts: [] };
  for (const field of fields) {
    const our = ours[field];
    const their = theirs[field];
    const weChanged = !isSame(field, our, base.ours[field]);
    // A field Luma shows for the first time is news only when it contradicts what we had sent.
    const lumaBase = base.luma[field] === undefined ? base.ours[field] : base.luma[field];
    const theyChanged = their !== undefined && !isSame(field, their, lumaBase);
    if (weChanged && theyChanged) {
      if (isSame(field, our, their)) continue;
      result.conflicts.push({
        field,
        base: base.luma[field] ?? base.ours[field],
        ours: our,
        theirs: their,
        kept: owner,
      });
      if (owner === 'ours') result.send[field] = our;
      else result.take[field] = their as State[typeof field];
    } else if (weChanged) {
      result.send[field] = our;
    } else if (theyChanged) {
      result.take[field] = their as State[typeof field];
    }
  }
  return result;
}
