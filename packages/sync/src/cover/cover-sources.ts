/** Covers for events that have none, or none that can be used. */
export interface CoverFallbacks {
  /** Tag to address; the first of the event's tags that has one is taken. Tags are compared in lower case. */
  byTag: Readonly<Record<string, string>>;
  /** For every other event. */
  otherwise: string | null;
}

/** Addresses to try in turn: the event's own, that of one of its tags, the placeholder. */
export function coverSources(
  { coverUrl, tags }: { coverUrl: string | null; tags: readonly string[] },
  { byTag, otherwise }: CoverFallbacks,
): string[] {
  const known = new Map(Object.entries(byTag).map(([tag, url]) => [tag.trim().toLowerCase(), url]));
  const ofTag = tags.map((tag) => known.get(tag.trim().toLowerCase())).find((url) => url !== undefined);
  return [...new Set([coverUrl, ofTag, otherwise].filter((url) => url !== null && url !== undefined))];
}
