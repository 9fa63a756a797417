/** About a metre: Luma stores coordinates as text and gives them back rounded. */
const DEGREES_TOLERANCE = 1e-5;

interface Coordinate {
  lat: number;
  lng: number;
}

/**
 * Whether two values of one field say the same, for fields without a rule of their own: places within a metre, anything
 * else as it is.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return isCoordinate(a) && isCoordinate(b) && isSameCoordinate(a, b);
}

/** Within `degrees` of each other; nowhere is only nowhere. */
export function isSameCoordinate(a: Coordinate | null, b: Coordinate | null, degrees = DEGREES_TOLERANCE): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.lat - b.lat) < degrees && Math.abs(a.lng - b.lng) < degrees;
}

function isCoordinate(value: unknown): value is Coordinate {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { lat?: unknown }).lat === 'number' &&
    typeof (value as { lng?: unknown }).lng === 'number'
  );
}
