export interface Point {
  length: number;
  cpuMs: number;
}

/** Below this a call costs what it costs whatever its text is. */
const FLOOR_MS = 0.02;

/**
 * The exponent `e` in `time = c · length^e`, by least squares over the logarithms: 0 for what does not depend on the length, 1 linear, 2 quadratic.
 * Only the points from the first that stands clear of the floor on; null when none does.
 */
export function fitExponent(points: readonly Point[]): number | null {
  const first = points.findIndex(({ cpuMs }) => cpuMs > FLOOR_MS);
  const clear = first === -1 ? [] : points.slice(first);
  if (clear.length < 2) return null;
  const xs = clear.map(({ length }) => Math.log(length));
  const ys = clear.map(({ cpuMs }) => Math.log(Math.max(cpuMs, FLOOR_MS)));
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, value, index) => sum + (value - x) * ((ys[index] ?? y) - y), 0);
  const variance = xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
  return covariance / variance;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
