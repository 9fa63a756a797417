import type { EventState } from '../events/event-state.js';
import type { TagsBase } from '../events/merge-tags.js';
import type { Base } from '../merge/three-way.js';
import type { EventLink, EventLinkChange } from './event-link.js';

/** An address at Luma, and what is about to be created under it. */
export interface AddressReservation {
  calendarId: string;
  /** Null where Luma chooses the address. */
  slug: string | null;
  /** What Luma will be asked for: it tells what of the event is ours, and what a host changed since. */
  base: Base<EventState>;
}

/** Whether a reservation keeps another event from the address. Events whose address Luma chooses are many. */
export const hasAddress = (link: Pick<EventLink, 'slug'>, slug: string | null): boolean =>
  slug !== null && link.slug === slug;

/**
 * Pins the event to its calendar and reserves its address, before Luma is asked to create it. An event without an
 * address of its own is looked for among those made since the first request, so that moment is kept.
 */
export function reserveAddress(link: EventLink | null, reservation: AddressReservation, at: Date): EventLinkChange {
  const { calendarId, slug, base } = reservation;
  return { calendarId, slug, base, createAskedAt: (slug === null ? link?.createAskedAt : null) ?? at };
}

/** Luma's id is known: from here on no run creates again. */
export const attachToLuma = (lumaEventId: string): EventLinkChange => ({ lumaEventId, lumaCreatedAt: null });

/** An event that began at Luma. */
export function linkImported(
  imported: Pick<EventLink, 'calendarId' | 'lumaEventId' | 'lumaCreatedAt' | 'slug' | 'base'> & {
    observedAt: Date;
    /** Null where the observation shows none. */
    tags: readonly string[] | null;
  },
  isSlugTaken: boolean,
): EventLinkChange & Pick<EventLink, 'calendarId' | 'state'> {
  const { calendarId, lumaEventId, lumaCreatedAt, slug, base, observedAt, tags } = imported;
  const tagsBase: TagsBase | null = tags === null ? null : { names: [...tags], at: observedAt.toISOString() };
  return {
    ...{ calendarId, lumaEventId, lumaCreatedAt, base, observedAt, tagsBase },
    ...{ slug: isSlugTaken ? null : slug, pushedRevision: 1, checkedAt: observedAt, syncedAt: observedAt },
    state: 'pulled',
  };
}

/** Whether one of Luma's events is the event of the link: by its id, else by the address that was reserved for it. */
export const isLinkOf = (
  link: EventLink,
  luma: { eventId: string; slug: string | null; calendarId: string },
): 'id' | 'address' | null => {
  if (link.lumaEventId === luma.eventId) return 'id';
  const isReserved = hasAddress(link, luma.slug) && link.calendarId === luma.calendarId && link.lumaEventId === null;
  return isReserved ? 'address' : null;
};
