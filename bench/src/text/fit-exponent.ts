export interface Point {
  length: number;
  cpuMs: number;
}

/** Below this a call costs what it costs whatever its text is, and the clock of the processor is too coarse. */
const FLOOR_MS = 0.1;
/** Two points are no line, unless they are this far up: a long call is not followed by a longer text. */
const SMALL_MS = 5;

/**
 * The exponent `e` in `time = c · length^e`: 0 for what does not depend on the length, 1 linear, 2 quadratic. The
 * median of the slopes between any two points (Theil-Sen), since one measurement that another process disturbed must
 * not decide. Null when too few points stand clear of the floor.
 */
export function fitExponent(points: readonly Point[]): number | null {
  const clear = points.filter(({ cpuMs }) => cpuMs > FLOOR_MS);
  if (clear.length < 2) return null;
  if (clear.length === 2 && clear.every(({ cpuMs }) => cpuMs < SMALL_MS)) return null;
  const slopes = clear.flatMap((from, index) =>
    clear.slice(index + 1).map((to) => Math.log(to.cpuMs / from.cpuMs) / Math.log(to.length / from.length)),
  );
  slopes.sort((a, b) => a - b);
  const middle = Math.floor(slopes.length / 2);
  const [low = 0, high = 0] = slopes.length % 2 === 1 ? [slopes[middle], slopes[middle]] : slopes.slice(middle - 1);
  return (low + high) / 2;
}
