import { STRETCH_MAX } from './constants.js';

/**
 * A window of capacity C is thought of as C lanes; a request occupies one from its grant until its answer plus one
 * window. Times are whole milliseconds of the one clock. The Lua scripts hold the same formulas; a test runs both on
 * the same random sequences.
 */
export interface LaneView {
  windowMs: number;
  capacity: number;
  /**
   * When each occupied lane is certainly free again, ascending, all after now. More than `capacity` after a figure was
   * lowered.
   */
  freeAt: readonly number[];
  /** The same, had each request in flight been answered at once; ascending. For pacing only, never for granting. */
  expectedAt: readonly number[];
  /** Requests in flight. */
  inFlight: number;
}

/** When the nth lane from now (1 or more) may be taken; one window ahead when there are not that many lanes. */
export function laneAt(view: LaneView, n: number, now: number): number {
  return nthOf(view.freeAt, view, n, now);
}

function nthOf(times: readonly number[], view: LaneView, n: number, now: number): number {
  const index = times.length - view.capacity + n; // from 1; the first `length - capacity` to free are one too many
  if (index <= 0) return now;
  return times[index - 1] ?? now + view.windowMs;
}

/**
 * Earliest time at which a request may take the lane at `position` and leave enough behind: the jth lane after it must
 * be free within j steps, a step being `windowMs / (share * capacity)`.
 */
function pacedTurn(view: LaneView, position: number, share: number, now: number): number {
  if (share === 0 || view.capacity === 0) return now;
  const stretched = view.capacity - Math.min(view.inFlight, view.capacity * STRETCH_MAX);
  const stepMs = view.windowMs / (share * stretched);
  let turn = now;
  for (let j = 1; j <= view.capacity - position; j++) {
    turn = Math.max(turn, nthOf(view.expectedAt, view, position + j, now) - j * stepMs);
  }
  return Math.ceil(turn);
}

/** Who is served before the request in question: for each view, the turns already promised, ascending. */
export type Ahead = readonly (readonly number[])[];

/**
 * Can a lane be taken now (or within the look-ahead) so that everyone ahead still has theirs in time, and pacing holds?
 *
 * @returns the start, or why not.
 */
export function findStart(
  views: readonly LaneView[],
  ahead: Ahead,
  share: number,
  now: number,
  lookaheadMs: number,
): { startAt: number } | { refused: 'budget' | 'paced' } {
  let startAt = now;
  for (const [v, view] of views.entries()) {
    const first = laneAt(view, 1, now);
    if (first > now + lookaheadMs) return { refused: 'budget' };
    const turns = ahead[v] ?? [];
    for (const [i, turn] of turns.entries()) {
      if (laneAt(view, i + 2, now) > Math.max(turn, now)) return { refused: 'budget' };
    }
    startAt = Math.max(startAt, first);
  }
  for (const [v, view] of views.entries()) {
    // Those ahead whose turn comes later were promised it with this request in mind, or are bumped by their class's own
    // doing.
    const position = (ahead[v] ?? []).filter((turn) => turn <= startAt).length + 1;
    if (pacedTurn(view, position, share, now) > startAt) return { refused: 'paced' };
  }
  return { startAt };
}

/**
 * When a request comes to its turn: the first lane that nobody ahead is going to take, and not before pacing allows it.
 *
 * @param back Times at which waits that were sent back to their queue come again, ascending. They have a place in the
 *   order, but no lane is kept for them.
 */
export function findTurn(
  views: readonly LaneView[],
  ahead: Ahead,
  back: readonly number[],
  share: number,
  now: number,
): number {
  let turn = now + 1;
  for (const [v, view] of views.entries()) {
    const position = freePosition(view, ahead[v] ?? [], back, now);
    turn = Math.max(turn, laneAt(view, position, now), pacedTurn(view, position, share, now));
  }
  return turn;
}

/** Number of the first lane that can be taken without making anyone ahead late. */
function freePosition(view: LaneView, turns: readonly number[], back: readonly number[], now: number): number {
  let position = 1;
  for (const [i, turn] of turns.entries()) {
    const comesFirst = turn <= laneAt(view, position, now);
    const wouldBeLate = laneAt(view, i + 2, now) > Math.max(turn, now);
    if (comesFirst || wouldBeLate) position = i + 2;
  }
  for (const time of back) {
    if (time > laneAt(view, position, now)) break;
    position += 1;
  }
  return position;
}
