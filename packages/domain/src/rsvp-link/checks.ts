import type { RsvpLink } from './rsvp-link.js';

/** From an intent to the last moment at which its add may arrive: 60 s for a slot, 30 s in flight, and a margin. */
export const ADD_ARRIVES_MS = 100_000;

/** Pause before the first check; each further pause is twice as long. */
export const FIRST_CHECK_MS = 500;
/** Within it Luma shows whom it accepted: from there on the pause does not grow. */
export const CHECK_PAUSE_MAX_MS = 30_000;

/** The last add got no answer, and may still arrive as a guest whom Luma does not have yet. */
export const mayArrive = (link: RsvpLink, at: Date): boolean =>
  link.lumaGuestId === null && link.acceptedAt === null && isRecent(link.askedAt, at);

/** An add of that moment may still be in flight. */
export const isRecent = (askedAt: Date | null, at: Date): boolean =>
  askedAt !== null && askedAt.getTime() > at.getTime() - ADD_ARRIVES_MS;

/**
 * A read of Luma did not show the guest. The check counts once its pause is over: 0.5 s, 1.5 s, 3.5 s after the
 * request. Runs that come sooner, for other answers, must not use up the time that Luma is given.
 */
export function countCheck(link: RsvpLink, at: Date): RsvpLink {
  const pauseMs = Math.min(FIRST_CHECK_MS * (2 ** (link.confirmTries + 1) - 1), CHECK_PAUSE_MAX_MS);
  const isDue = link.askedAt === null || link.askedAt.getTime() <= at.getTime() - pauseMs;
  return isDue ? countTry(link, at) : link;
}

/** Sent again, or sent a change that the same run confirms. */
export const countTry = (link: RsvpLink, at: Date): RsvpLink => ({
  ...link,
  confirmTries: link.confirmTries + 1,
  updatedAt: at,
});
