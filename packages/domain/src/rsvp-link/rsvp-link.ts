import type { LinkError } from '../links/link-error.js';
import type { RsvpBase } from '../rsvps/plan-guest.js';

/*
 * The row that ties an RSVP to a guest at Luma.
 *
 *   pending_push --intent--> unconfirmed --seen at Luma--> synced
 *        ^                        |
 *        +---edit, replay---------+--given up--> push_failed
 *
 * pulled: began at Luma. unverified: Luma has a guest under the address who may be another person. removed: the guest
 * was taken off at Luma.
 */

export type RsvpLinkState =
  | 'pending_push'
  | 'unconfirmed'
  | 'synced'
  | 'pulled'
  | 'push_failed'
  | 'unverified'
  | 'removed';

export interface RsvpLink {
  lumaGuestId: string | null;
  pushedRevision: number;
  base: RsvpBase | null;
  /** When Luma was last seen to show the guest. */
  observedAt: Date | null;
  state: RsvpLinkState;
  /** Who chose the status that Luma holds. */
  decidedBy: 'us' | 'luma_side' | 'unknown';
  /** When the answer was last sent. */
  askedAt: Date | null;
  /** Newest revision that was sent, whatever came of it, or that Luma had without. */
  askedRevision: number;
  /** Newest revision that was one person's own answer, given while the event stood open. */
  ownAnswerRevision: number;
  /** The address of the last add. */
  askedEmail: string | null;
  /** When Luma accepted the last request; null while that is unknown. */
  acceptedAt: Date | null;
  /** Checks since the last request that did not find the guest. */
  confirmTries: number;
  /** The guest of an earlier link, whom a read did not find any more. */
  goneGuestId: string | null;
  updatedAt: Date;
  lastError: LinkError | null;
}

/** A link with the defaults of its table. */
export const newRsvpLink = (at: Date): RsvpLink => ({
  lumaGuestId: null,
  pushedRevision: 0,
  base: null,
  observedAt: null,
  state: 'pending_push',
  decidedBy: 'unknown',
  askedAt: null,
  askedRevision: 0,
  ownAnswerRevision: 0,
  askedEmail: null,
  acceptedAt: null,
  confirmTries: 0,
  goneGuestId: null,
  updatedAt: at,
  lastError: null,
});
