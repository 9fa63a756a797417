import { isSameValue } from './same-value.js';

/**
 * The state both sides last agreed on, kept as each side writes it. Luma changes what we send (its Markdown most of
 * all), so each side is compared with its own half: a difference there is a change that side made, and what merely
 * looks different is none.
 */
export interface Base<State extends object> {
  ours: State;
  /** As Luma returned it; a field Luma never returned is absent. */
  luma: Partial<State>;
  /** What Luma was asked for since, without having seen whether it took: a request whose run was interrupted. */
  asked?: Partial<State>;
  /**
   * What the requests said that got no answer, and until when the last of them may still come in at Luma, ISO. They do
   * not contradict each other: what says otherwise waits until none of them can come in after it, also once all they
   * asked for was seen, since a host may have said the same. These requests are in flight. The key is `underWay` since
   * stored rows have it, and an older process reads and writes the same rows during an upgrade.
   */
  underWay?: { said: Partial<State>; until: string };
  /**
   * Luma's values that were taken over while a request of ours that says otherwise might still come in. What such a
   * request replaces is sent again, and is no word of ours for that.
   */
  taken?: Partial<State>;
  /**
   * Fields that Luma does not hold as we have them, and why. Both halves count as agreed, each with its own value,
   * until one side changes the field. With `not_shown` our change is still to be sent.
   */
  notAtLuma?: Differences<State>;
  /**
   * A request was answered and its effect is not shown yet: runs that looked since it was last sent, and how often it
   * was sent. `earlier` is what requests before it asked for and what was never seen: it may still be shown, and is no
   * host's.
   */
  unseen?: { looks: number; sends: number; earlier?: Partial<State> };
}

export type Differences<State extends object> = { [F in keyof State]?: Difference };

/** Why a field differs for good, or for now. */
export interface Difference {
  why: DifferenceReason;
  /** Luma's own text of the refusal. */
  message?: string;
}

export type DifferenceReason =
  /** Its API has no request that empties the field. */
  | 'cannot_be_emptied'
  /** Its API answered 400 and named the field. */
  | 'refused'
  /** Luma took the value and stored another writing of it: cut, or reformatted. */
  | 'rewritten'
  /** Luma accepted the request and shows what it showed before. */
  | 'not_shown';

/** How values of a field are compared. */
export interface FieldRules<State extends object> {
  /** What is no change. */
  isSame: Comparison<State>;
  /** Whether what Luma shows (last) is what was asked for, as Luma writes it. */
  isOurs: Comparison<State>;
  /** Whether what Luma shows (last) was made of what was asked for: cut, or reformatted. */
  isRewriting: Comparison<State>;
}

/**
 * What we asked for and now see at Luma is agreed, even though the run that asked never came to note it: our own doing
 * is no news.
 */
export function foldAsked<State extends object>(
  fields: readonly (keyof State & string)[],
  base: Base<State>,
  theirs: Partial<State>,
  { isSame, isOurs, isRewriting }: FieldRules<State> = BY_VALUE,
): Base<State> {
  const { asked, underWay, unseen } = base;
  if (asked === undefined) return base;
  const folded: Base<State> = { ours: { ...base.ours }, luma: { ...base.luma } };
  const differences: Differences<State> = { ...base.notAtLuma };
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
      delete differences[field];
      isSeen = true;
    } else if (shown !== undefined && !isOld && isRewriting(field, value, shown)) {
      folded.ours[field] = value as State[typeof field];
      folded.luma[field] = theirs[field];
      differences[field] = { why: 'rewritten' };
      isSeen = true;
    } else if (shown === undefined || base.luma[field] !== undefined) open[field] = value;
    // Never shown before: it was made with what was asked for, and what it shows instead is somebody else's.
    else isSeen = true;
  }
  const isOver = isSeen && Object.keys(open).length === 0;
  Object.assign(isOver ? folded.ours : open, along);
  // A record is made once: what else comes in of that is refused.
  const isMade = isSeen && Object.keys(base.luma).length === 0;
  const isOpen = Object.keys(open).length > 0;
  return {
    ...folded,
    ...(isOpen ? { asked: open } : {}),
    ...(isOpen && unseen !== undefined ? { unseen } : {}),
    ...(underWay === undefined || isMade ? {} : { underWay }),
    ...(Object.keys(differences).length === 0 ? {} : { notAtLuma: differences }),
  };
}

/** How two values of a field are compared. */
export type Comparison<State extends object> = (field: keyof State & string, a: unknown, b: unknown) => boolean;

const byValue = (_field: string, a: unknown, b: unknown): boolean => isSameValue(a, b);

const BY_VALUE = { isSame: byValue, isOurs: byValue, isRewriting: () => false };

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

export interface MergeInput<State extends object> {
  base: Base<State>;
  ours: State;
  /** A field that is absent here is unknown: it is sent if we changed it, and never taken. */
  theirs: Partial<State>;
}

/**
 * Compares both sides with the base, field by field, without any clock.
 *
 * @param owner  Whose value stays when both changed.
 * @param isSame What is no change, by field.
 */
export function mergeThreeWay<State extends object>(
  fields: readonly (keyof State & string)[],
  { base, ours, theirs }: MergeInput<State>,
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
    } else if (theyChanged && !isSame(field, our, their)) {
      result.take[field] = their as State[typeof field];
    }
  }
  return result;
}
