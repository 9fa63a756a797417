const LOCAL_MAX = 64;
const DOMAIN_MAX = 255;
/** A webhook names a guest and some hosts. */
const ADDRESSES_MAX = 500;
const ENDS = new Set(' \t\r\n"\'<>(),:;@[]\\');

/**
 * Mail addresses that a text names, the first ones. Looks around each `@` alone, so the work grows with the length of
 * the text and no faster.
 */
export function findAddresses(text: string): string[] {
  const found = new Set<string>();
  for (let at = text.indexOf('@'); at !== -1 && found.size < ADDRESSES_MAX; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < LOCAL_MAX && !ENDS.has(text.charAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && end - at <= DOMAIN_MAX && !ENDS.has(text.charAt(end))) end += 1;
    if (start < at && end > at + 1) found.add(text.slice(start, end));
  }
  return [...found];
}
