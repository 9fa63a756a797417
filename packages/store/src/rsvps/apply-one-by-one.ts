import { isUnstorable, sqlStateOf } from '../store-error.js';
import type { AppliedGuests, GuestsObservation } from './apply-guests.js';
import type { ObservedGuest } from './rsvp-records.js';

/** A guest whose values Postgres refuses. */
export interface RefusedGuest {
  guest: ObservedGuest;
  /** Class and code of the refusal; the message would quote the value. */
  sqlState: string;
}

/** What was applied one by one before the page could be. */
export type AppliedBefore = Pick<AppliedGuests, 'added' | 'updated' | 'refused'>;

const NOTHING_BEFORE: AppliedBefore = { added: 0, updated: 0, refused: [] };

/**
 * Applies a page of guests. Where Postgres refuses a value of it, each guest is applied in a commit of their own, and
 * the page is repeated without those who are refused still: one guest costs one guest. The repetition finds the others
 * unchanged.
 *
 * @param applyPage Applies these guests in one commit, with whatever belongs to the page, or throws. It adds up the
 *   counts (`sumOf`).
 * @param applyOne  Applies one guest in a commit of its own.
 */
export async function applyOneByOne(
  observation: GuestsObservation,
  applyPage: (observation: GuestsObservation, before: AppliedBefore) => Promise<AppliedGuests>,
  applyOne: (observation: GuestsObservation) => Promise<AppliedGuests>,
): Promise<{ applied: AppliedGuests; refused: RefusedGuest[] }> {
  try {
    return { applied: await applyPage(observation, NOTHING_BEFORE), refused: [] };
  } catch (error) {
    if (!isUnstorable(error)) throw error;
  }
  const before = { ...NOTHING_BEFORE };
  const refused: RefusedGuest[] = [];
  const storable: ObservedGuest[] = [];
  for (const guest of observation.guests) {
    try {
      const one = await applyOne({ ...observation, guests: [guest] });
      before.added += one.added;
      before.updated += one.updated;
      storable.push(guest);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      refused.push({ guest, sqlState: sqlStateOf(error) ?? 'unknown' });
    }
  }
  before.refused = refused.map(({ guest }) => guest.lumaGuestId);
  return { applied: await applyPage({ ...observation, guests: storable }, before), refused };
}

/** What was applied one by one counts for the page: its repetition found it unchanged. */
export function sumOf(page: AppliedGuests, { added, updated, refused }: AppliedBefore): AppliedGuests {
  return {
    ...page,
    added: page.added + added,
    updated: page.updated + updated,
    unchanged: Math.max(0, page.unchanged - added - updated),
    refused,
  };
}
