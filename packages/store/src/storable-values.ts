/**
 * Makes the values of a statement storable: Postgres refuses a NUL in a text, and a NUL or half of a surrogate pair in
 * a JSON document. Texts come from people, error messages quote them, and one such character must not make a whole
 * commit fail. Each becomes the replacement character.
 *
 * Called for every statement of this package, by the client itself. A statement carries JSON as text, so a document is
 * told by its first character: in a text that looks like one, a literal `\u0000` is replaced as well.
 */
export function toStorableValues(values: readonly unknown[]): unknown[] {
  return values.map(toStorableValue);
}

function toStorableValue(value: unknown): unknown {
  if (Array.isArray(value)) return toStorableValues(value);
  if (typeof value !== 'string') return value;
  const text = value.includes(NUL) ? value.replaceAll(NUL, REPLACEMENT) : value;
  return text.includes('\\u') && DOCUMENT.test(text) ? text.replace(ESCAPES, toStorableEscape) : text;
}

const NUL = '\0';
const REPLACEMENT = '\ufffd';
/** How a document begins that JSON.stringify has made. */
const DOCUMENT = /^[[{"]/;
/**
 * Every escape in order, so that an escaped backslash before a `u` is no escape of its own. A whole surrogate pair is
 * one match.
 */
const ESCAPES = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\./g;
const REFUSED = /^\\u(0000|[dD][89a-fA-F][\da-fA-F]{2})$/;

function toStorableEscape(sequence: string): string {
  return REFUSED.test(sequence) ? '\\ufffd' : sequence;
}
