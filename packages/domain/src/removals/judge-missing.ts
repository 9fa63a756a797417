/** Fewer than these are no reason to ask: each is confirmed by a read of its own anyway. */
const MISSING_MIN = 5;
/** More than this share of what we know at once is rather a trouble at Luma, or with our key, than as many removals. */
const MISSING_SHARE_MAX = 0.1;

/** Two listings this close together may both have met the same passing trouble. */
export const LISTINGS_APART_MS = 10 * 60_000;

/**
 * Whether so many records are missing from a complete listing that a person has to say what that means.
 *
 * @param total Records we know there, the missing ones included.
 */
export function isTooMuchMissing(missing: number, total: number): boolean {
  return missing >= MISSING_MIN && missing > total * MISSING_SHARE_MAX;
}

/** How a record has been missing so far. */
export interface MissingSince {
  firstMissingAt: Date;
  /** Complete listings that lacked it, one after the other, this one included. */
  listings: number;
}

/** Whether it has been missing long enough for a read to settle it. */
export function isDueForRemoval({ firstMissingAt, listings }: MissingSince, at: Date): boolean {
  return listings >= 2 && at.getTime() - firstMissingAt.getTime() >= LISTINGS_APART_MS;
}
