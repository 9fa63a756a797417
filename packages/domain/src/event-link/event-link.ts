import type { EventState } from '../events/event-state.js';
import type { TagsBase } from '../events/merge-tags.js';
import type { LinkError } from '../links/link-error.js';
import type { Base } from '../merge/three-way.js';

/*
 * The row that ties one of our events to one of Luma's.
 *
 *   pending_push --create, update--> synced <--seen at Luma-- pulled
 *        ^                             |
 *        +---edit, replay--------------+     pending_push --given up--> push_failed
 *
 * source_deleted: Luma no longer has the event; nothing is exchanged any more.
 */

export type EventLinkState =
  | 'pending_push'
  | 'pushed'
  | 'pulled'
  | 'synced'
  | 'push_failed'
  | 'drifted'
  | 'source_deleted'
  | 'conflict';

export interface EventLink {
  calendarId: string;
  lumaEventId: string | null;
  /** When Luma made the event; null until Luma shows it. */
  lumaCreatedAt: Date | null;
  /** The address that is reserved for the event; null where Luma chooses it. */
  slug: string | null;
  /** When a create was about to be sent; null when none ever was. */
  createAskedAt: Date | null;
  pushedRevision: number;
  /** What both sides last agreed on. */
  base: Base<EventState> | null;
  tagsBase: TagsBase | null;
  observedAt: Date | null;
  checkedAt: Date | null;
  syncedAt: Date | null;
  state: EventLinkState;
  guestsPulledAt: Date | null;
  /** Null when Luma refused nothing. */
  registrationRefused: RegistrationRefusal | null;
  lastError: LinkError | null;
}

/** Luma's refusal to open or to close an event's registration. */
export interface RegistrationRefusal {
  /** What it refused; null: a person wants it tried once more. */
  value: boolean | null;
  /** Luma's words. */
  message: string;
}

/**
 * What a transition changes of a link. The store writes these columns alone: the app's commands and a run write the
 * same row at the same time.
 */
export type EventLinkChange = Partial<EventLink>;

/** A link with the defaults of its table. */
export const newEventLink = (calendarId: string): EventLink => ({
  calendarId,
  lumaEventId: null,
  lumaCreatedAt: null,
  slug: null,
  createAskedAt: null,
  pushedRevision: 0,
  base: null,
  tagsBase: null,
  observedAt: null,
  checkedAt: null,
  syncedAt: null,
  state: 'pending_push',
  guestsPulledAt: null,
  registrationRefused: null,
  lastError: null,
});
