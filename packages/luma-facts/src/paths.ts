/*
 * Paths of the table: `a.b` is a field, `a[]` an element, `a{}` a value, `a<label>` a variant. Signs that a path needs
 * for itself are written as
 * `%2e` inside of a name.
 */

/** What ends a path: a field with its dot, `[]`, `{}` or `<label>`. */
export function splitLast(path: string): [parent: string, segment: string] {
  const end = path.at(-1) ?? '';
  const opening = OPENINGS[end];
  if (opening !== undefined) return cutAt(path, path.lastIndexOf(opening));
  const at = Math.max(...['.', ']', '}', '>'].map((sign) => path.lastIndexOf(sign)));
  return cutAt(path, path[at] === '.' ? at : at + 1);
}

const OPENINGS: Readonly<Record<string, string>> = { ']': '[', '}': '{', '>': '<' };

const cutAt = (path: string, at: number): [string, string] => [path.slice(0, at), path.slice(at)];

/** The name of the last field in a path; empty when there is none. */
export function lastName(path: string): string {
  const [parent, segment] = splitLast(path);
  if (OPENINGS[segment.at(-1) ?? ''] !== undefined) return parent === '' ? '' : lastName(parent);
  return fromSegment(segment.replace(/^\./, ''));
}

export const toSegment = (name: string): string =>
  name.replace(/[%.[\]{}<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
export const fromSegment = (name: string): string => decodeURIComponent(name);
