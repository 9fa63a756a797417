import { withoutBearerKeys } from '@luma-sync/luma-contract';

/**
 * Stored in place of a body that is no JSON, or nested deeper than JSON can be written: no handler could read it
 * either.
 */
const UNREADABLE = 'null';

/**
 * The body of a delivery in the form that is stored: the same JSON without bearer keys and without needless escapes, so
 * that a search for an address finds it. The signature was verified over the bytes as they came. A replay reads this
 * form like the first run does.
 */
export function toKeptBody(rawBody: string): string {
  try {
    return JSON.stringify(withoutBearerKeys(JSON.parse(rawBody)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return UNREADABLE;
    throw error;
  }
}
