import { parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * @param text A number with its country code, however it is spaced.
 * @returns E.164 (`+919845012345`), or null when it is no number that could exist.
 */
export function normalizePhone(text: string): string | null {
  const parsed = parsePhoneNumberFromString(text.trim());
  return parsed?.isPossible() === true ? parsed.number : null;
}
