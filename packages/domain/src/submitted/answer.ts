import type { RsvpStatus } from '../rsvps/status.js';

export interface StoredAnswer {
  status: RsvpStatus;
  /** What the app submitted last; null when it never did. */
  stated: RsvpStatus | null;
  revision: number;
}

/**
 * An answer as the app submits it. A repeated answer changes nothing, also where a host has decided otherwise since.
 *
 * @param isPersonChanged The person changed with the same request: the answer is sent again.
 */
export function applyAnswer(
  held: StoredAnswer | null,
  submitted: RsvpStatus,
  isPersonChanged: boolean,
): StoredAnswer & { isChanged: boolean } {
  if (held === null) return { status: submitted, stated: submitted, revision: 1, isChanged: true };
  const isNew = held.stated !== submitted;
  const isChanged = (isNew && held.status !== submitted) || isPersonChanged;
  return {
    status: isChanged && isNew ? submitted : held.status,
    stated: submitted,
    revision: held.revision + (isChanged ? 1 : 0),
    isChanged,
  };
}

/** Whether an answer takes a place at an event: none is given out at a cancelled event. */
export const takesPlace = (status: RsvpStatus): boolean => status !== 'cancelled' && status !== 'rejected';
