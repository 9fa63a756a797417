import type { HeldRsvp, RsvpBase, RsvpStatus } from '@luma-sync/domain';

/** Luma's guest in the words our tables use. `undefined` is unknown: the column is left as it is. */
export interface ObservedGuest {
  lumaGuestId: string;
  /** Lower case. Null for a guest who signed up by phone. */
  email: string | null;
  name: string | null;
  /** E.164, null when Luma shows none or one that cannot be read. */
  phone: string | null;
  approvalStatus: string;
  /** Name of the first ticket's type. */
  kind: string | null | undefined;
  /** Earliest check-in of any ticket. */
  checkedInAt: string | null | undefined;
  tickets: readonly { id: string; name: string | null; checkedInAt: string | null }[] | undefined;
  answers: readonly unknown[] | undefined;
  /** When they registered; it never changes with their status. No part of the digest. */
  registeredAt?: string | null;
  /** Digest of all the above but id, status, address and registration. */
  digest: string;
  /** Digest of the address. */
  address?: string;
}

/** An RSVP of ours that a guest was matched with. */
export interface MatchedRsvp extends HeldRsvp {
  rsvpId: string;
  personId: string;
  lumaGuestId: string | null;
  email: string | null;
}

/** The longest from the note of an add to the last moment at which it may come in: a minute's wait for its slot, 30 s on its way, and a margin. */
export const ADD_ARRIVES_SECONDS = 100;

/** An RSVP whose answer has to travel to Luma, or whose travel is not confirmed. */
export interface DueRsvp {
  rsvpId: string;
  personId: string;
  email: string | null;
  name: string | null;
  status: RsvpStatus;
  revision: number;
  lumaGuestId: string | null;
  base: RsvpBase | null;
  pushedRevision: number;
  askedAt: Date | null;
  /** Newest revision that was sent, whatever came of it; 0 when none was. */
  askedRevision: number;
  /** The address the person was last added under; they may have another one by now. */
  askedEmail: string | null;
  /** Null while nobody knows whether the last sending arrived. */
  acceptedAt: Date | null;
  /** The last sending got no answer, and may still come in as a guest whom Luma does not have yet. */
  mayArrive: boolean;
  confirmTries: number;
  /** `pending_push` when never sent, or edited since it was. */
  state: 'pending_push' | 'unconfirmed';
  /** Luma answered the last sending with their name among those it passes over. */
  isSkipped?: boolean;
  /** One person's own answer, given while the event stood open: the limit for mailing many does not hold for it. */
  isOwnAnswer?: boolean;
  /** Luma has a guest of the event under the address, and nobody has shown that it is this person. */
  isOfAnother?: boolean;
  decidedBy: 'us' | 'luma_side' | 'unknown';
}
