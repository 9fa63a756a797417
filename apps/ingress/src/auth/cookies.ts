/**
 * @returns the value of a cookie in a `Cookie` header, or null. The first of several with one name, as browsers send
 *   the most specific first.
 */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const separator = part.indexOf('=');
    if (separator !== -1 && part.slice(0, separator).trim() === name) return part.slice(separator + 1).trim();
  }
  return null;
}
