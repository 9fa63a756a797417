import type { TagsBase } from '../events/merge-tags.js';
import type { EventLink, EventLinkChange } from './event-link.js';

/** What became of an event's tags. */
export interface AgreedTags {
  /** What both sides agree on now. */
  base: TagsBase;
  /** Our tags, where Luma's change is taken over, and the revision it was decided on. Absent: ours stay. */
  taken?: { tags: readonly string[]; revision: number };
}

/**
 * Stores what became of an event's tags.
 *
 * @param revision The event's revision now.
 * @returns null when the app has edited the event since: nothing is stored then. `isNewlyRefused`: Luma refused tags
 *   with a message that the link did not have.
 */
export function recordTags(
  link: Pick<EventLink, 'tagsBase'>,
  { base, taken }: AgreedTags,
  revision: number,
): { event: { tags?: string[] }; link: EventLinkChange; isNewlyRefused: boolean } | null {
  if (taken !== undefined && taken.revision !== revision) return null;
  const isNewlyRefused = base.refused !== undefined && base.refused.message !== link.tagsBase?.refused?.message;
  return {
    event: taken === undefined ? {} : { tags: [...taken.tags] },
    link: { tagsBase: base },
    isNewlyRefused,
  };
}
