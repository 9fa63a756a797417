import fc, { type Arbitrary } from 'fast-check';
import { lastName } from './paths.js';
import type { Shape } from './shape.js';

const NAMES_A_RECORD: ReadonlySet<string> = new Set(['id', 'api_id', 'code', 'timezone']);
const IS_ASKED_NEXT: ReadonlySet<string> = new Set(['upload_url', 'file_url', 'cancellation_token']);

/**
 * What the document does not say, and what is true all the same: an id is not empty, an address is one, a place is on
 * the earth. For `choose` of
 * `arbitraryOf`.
 */
export function chooseWhatIsTrue(path: string, shape: Shape): Arbitrary<unknown> | null {
  const name = lastName(path);
  if (name === 'latitude') return fc.double({ min: -90, max: 90, noNaN: true });
  if (name === 'longitude') return fc.double({ min: -180, max: 180, noNaN: true });
  if (shape.type !== 'string') return null;
  if (name.endsWith('email')) return fc.emailAddress({ size: 'small' });
  if (IS_ASKED_NEXT.has(name)) return fc.webUrl();
  if (!NAMES_A_RECORD.has(name) && !name.endsWith('_id')) return null;
  return fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '');
}
