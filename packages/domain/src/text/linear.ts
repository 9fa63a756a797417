/*
 * Text from outside may be as long and as odd as somebody wishes. Three things that look harmless take time that grows
 * with the square of its length: a regular expression such as `\s+$`, `normalize`, and the parsing of an address with
 * an international host name.
 */

/** U+034F COMBINING GRAPHEME JOINER, which UAX #15 names for this: marks are not sorted across it. */
const JOINER = '\u034f';
/**
 * 30 marks, the joiner not being one, before another: more than any language needs on one letter, and what UAX #15
 * allows.
 */
const LONG_RUN = /((?:(?!\u034f)\p{M}){30})(?=(?!\u034f)\p{M})/gu;

/**
 * `normalize`, for texts of any kind. A run of more than 30 combining marks is divided first ("stream-safe text
 * format", UAX #15), because sorting it takes quadratic time. No written text is changed by that.
 */
export function toNormalForm(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  return text.replace(LONG_RUN, `$1${JOINER}`).normalize(form);
}

/**
 * Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark: they come along when a text is
 * copied.
 */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Without signs that cannot be seen. The joiners U+200C and U+200D stay: scripts and emoji are written with them. */
export const withoutInvisible = (text: string): string => text.replace(INVISIBLE, '');

/** @param characters What may stand at the end and is taken away. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Browsers and servers go no further; ours are cut at 2,000. */
const URL_MAX = 8_192;
/** DNS allows 253 for a name; a user and a port may stand beside it. */
const AUTHORITY_MAX = 400;

/**
 * Parses an address of any length. What is longer than any address that works, or has a longer host, is none: a parser
 * takes quadratic time to write an international host name in ASCII.
 */
export function parseUrl(text: string): URL | null {
  if (text.length > URL_MAX || authorityLength(text) > AUTHORITY_MAX) return null;
  try {
    // Not `URL.canParse`: once it is optimized, Node 20 refuses each international host that is stored as Latin-1.
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * As the parser sees it, for http and https: slashes of both kinds and as many as there are, no tabs and no line
 * breaks.
 */
function authorityLength(text: string): number {
  return /^\s*[a-z][a-z\d+.-]*:[\\/]*([^\\/?#]*)/i.exec(text.replace(/[\t\n\r]/g, ''))?.[1]?.length ?? 0;
}
