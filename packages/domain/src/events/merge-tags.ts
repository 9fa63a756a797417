/** Tags of an event that both sides agreed on. */
export interface TagsBase {
  names: readonly string[];
  /** When they agreed, ISO. What was asked for earlier says nothing. */
  at: string;
  /** Tags that Luma refused, and its words: they are not sent again until the app changes its tags. */
  refused?: { names: readonly string[]; message: string };
}

/** Two tags whose names differ in case alone are one. */
const keyOf = (name: string): string => name.trim().toLowerCase();

const keysOf = (names: readonly string[]): Set<string> => new Set(names.map(keyOf));

export const hasSameTags = (a: readonly string[], b: readonly string[]): boolean => {
  const [keys, others] = [keysOf(a), keysOf(b)];
  return keys.size === others.size && [...keys].every((key) => others.has(key));
};

/** Finds a tag by its name, in whatever case. */
export const findTag = <T extends { name: string }>(tags: readonly T[], name: string): T | undefined =>
  tags.find((tag) => keyOf(tag.name) === keyOf(name));

/** Luma may have two tags whose names differ in case alone: the first one stands for both. */
export const withoutRepeatedTags = (names: readonly string[]): string[] =>
  [...new Map([...names].reverse().map((name) => [keyOf(name), name])).values()].reverse();

/** What has to be asked of Luma. A tag at Luma that was never agreed on is a host's, and stays. */
export function planTags(ours: readonly string[], base: TagsBase | null): { apply: string[]; unapply: string[] } {
  const wanted = keysOf(ours);
  const agreed = keysOf(base?.names ?? []);
  const refused = keysOf(base?.refused?.names ?? []);
  const missing = ours.filter((name) => !agreed.has(keyOf(name)) && !refused.has(keyOf(name)));
  return { apply: missing, unapply: (base?.names ?? []).filter((name) => !wanted.has(keyOf(name))) };
}

/**
 * Merges what Luma shows into our tags, tag by tag: what a host added is added, what a host took off goes. Nothing can
 * conflict.
 *
 * @returns our tags. What is shown is what both sides agree on then: a tag that only we took off is still to be taken
 *   off there.
 */
export function mergeTags(ours: readonly string[], base: TagsBase | null, shown: readonly string[]): string[] {
  const agreed = keysOf(base?.names ?? []);
  const there = keysOf(shown);
  const here = keysOf(ours);
  const kept = ours.filter((name) => !agreed.has(keyOf(name)) || there.has(keyOf(name)));
  return [...kept, ...shown.filter((name) => !agreed.has(keyOf(name)) && !here.has(keyOf(name)))];
}
