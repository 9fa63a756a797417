import { trimEndOf } from '@luma-sync/domain';

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/**
 * @param baseUrl May carry a path (`https://public-api.luma.com/public`), and may end in the `/v1` that people copy
 *   from examples.
 * @param query Lists become repeated keys, never comma-joined (documented). A `+` is encoded: Luma would read a space
 *   (reported).
 */
export function toUrl(baseUrl: string, path: string, query: Readonly<Record<string, QueryValue>>): string {
  const base = new URL(baseUrl);
  base.pathname = `${trimEndOf(base.pathname, '/').replace(/\/v\d+$/, '')}${path}`;
  base.search = '';
  base.hash = '';
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) base.searchParams.append(name, String(item));
  }
  return base.href;
}
