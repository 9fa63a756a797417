import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { toNormalForm, withoutInvisible } from '../text/linear.js';

/** E.164 has 15 digits; spaces, brackets and words such as `tel:` may stand around them. */
const TEXT_MAX = 100;
/** What people put between digits, a `(0)` included that is dialled at home only. */
const BETWEEN = /\(0\)|[\s().\-/]/g;

/**
 * Brazil writes `(0xx11)`: the trunk's 0, two digits of any carrier, then the area. None of it but the area is dialled
 * from abroad.
 */
const BRAZILIAN_CARRIER = /^(\+55[\s(]*)0(?:xx|\*\*)/i;

/**
 * The one spelling of a phone number that we store and compare: E.164 (`+919845012345`).
 *
 * @param text A number with its country code, however it is spaced.
 * @returns null when the country is not told, or it is no number.
 */
export function normalizePhone(text: string): string | null {
  if (text.length > TEXT_MAX) return null;
  // No country has a number of its own that begins with two zeros.
  const trimmed = toNormalForm(withoutInvisible(text), 'NFKC')
    .trim()
    .replace(/^00(?=[1-9])/, '+')
    .replace(BRAZILIAN_CARRIER, '$1');
  const parsed = parsePhoneNumberFromString(trimmed);
  if (parsed?.isPossible() === true) return parsed.number;
  // The library's plans are as old as its release: what has the form of a number is kept as it is.
  const digits = trimmed.replace(BETWEEN, '');
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
