import type { CoverFallbacks } from '@luma-sync/store';

/**
 * Addresses to try in turn: the event's own, that of one of its tags, the placeholder. Tags are compared in lower case.
 */
export function coverSources(
  { coverUrl, tags }: { coverUrl: string | null; tags: readonly string[] },
  { byTag, otherwise }: CoverFallbacks,
): string[] {
  const known = new Map(Object.entries(byTag).map(([tag, url]) => [tag.trim().toLowerCase(), url]));
  const ofTag = tags.map((tag) => known.get(tag.trim().toLowerCase())).find((url) => url !== undefined);
  return [...new Set([coverUrl, ofTag, otherwise].filter((url) => url !== null && url !== undefined))];
}
