import type { HeldRsvp } from '@luma-sync/domain';

export type { DueRsvp } from '@luma-sync/domain';

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
