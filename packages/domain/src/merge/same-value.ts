/** About a metre: Luma stores coordinates as text and gives them back rounded. */
const DEGREES_TOLERANCE = 1e-5;

/**
 * Whether two values of one field say the same. Text is compared as text; the normalisation of what a side writes differently (zero-width
 * characters, empty text for none) has happened when the state was read.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isCoordinate(a) && isCoordinate(b)) {
    return Math.abs(a.lat - b.lat) < DEGREES_TOLERANCE && Math.abs(a.lng - b.lng) < DEGREES_TOLERANCE;
  }
  return false;
}

function isCoordinate(value: unknown): value is { lat: number; lng: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { lat?: unknown }).lat === 'number' &&
    typeof (value as { lng?: unknown }).lng === 'number'
  );
}
