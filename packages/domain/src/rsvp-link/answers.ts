import { newRsvpLink, type RsvpLink } from './rsvp-link.js';

/**
 * The app submitted an answer that has to travel.
 *
 * @param mayMail False: the answer counts as sent, so that sending it is a repeat, which mails nobody.
 * @param isOwnAnswer One person's own answer, given while the event stood open.
 */
export function requestRsvpPush(
  link: RsvpLink | null,
  { revision, mayMail, isOwnAnswer }: { revision: number; mayMail: boolean; isOwnAnswer: boolean },
  at: Date,
): RsvpLink {
  const before = link ?? newRsvpLink(at);
  return {
    ...before,
    state: 'pending_push',
    lastError: null,
    askedRevision: Math.max(before.askedRevision, mayMail ? 0 : revision),
    ownAnswerRevision: Math.max(before.ownAnswerRevision, isOwnAnswer ? revision : 0),
    updatedAt: at,
  };
}

/**
 * The answers of two people became one person's, and the newer one has to travel. As a repeat: the answer is old, and
 * the command was about another event, so nobody is mailed.
 */
export const carryAnswer = (link: RsvpLink, revision: number, at: Date): RsvpLink => ({
  ...link,
  state: 'pending_push',
  askedRevision: Math.max(link.askedRevision, revision),
  updatedAt: at,
});

/**
 * The person's address belongs to somebody else. What was added at Luma under it is no longer this person's: the next
 * read of the guests finds whose it is.
 */
export function releaseAddress(link: RsvpLink, email: string | null, at: Date): RsvpLink {
  if (email === null || (link.askedEmail ?? email) !== email) return link;
  const { pushedRevision, askedRevision, ownAnswerRevision, goneGuestId } = link;
  const kept = { pushedRevision, askedRevision, ownAnswerRevision, goneGuestId };
  return { ...newRsvpLink(at), ...kept, state: 'unverified' };
}

/** Whether Luma shows the guest as declined without our request. */
export const isRefusedAtLuma = ({ lumaGuestId, base, decidedBy }: RsvpLink): boolean =>
  lumaGuestId !== null && base?.luma === 'declined' && decidedBy !== 'us';
