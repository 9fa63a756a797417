import { toLinkError } from '../links/link-error.js';
import type { WritableApprovalStatus } from '../rsvps/status.js';
import { newRsvpLink, type RsvpLink } from './rsvp-link.js';

/** An answer that is about to be sent to Luma. */
export interface RsvpIntent {
  /** The revision that is sent; a newer one stays due. */
  revision: number;
  approvalStatus: WritableApprovalStatus;
  /** The address that the guest is added under; null for a guest whom Luma shows already. */
  email: string | null;
}

/** Luma named the guest among those it passes over. */
export const SKIPPED_BY_LUMA = {
  code: 'rsvp.skipped',
  message: 'Luma passed this guest over when it took the others in',
};

/**
 * Stored before the request, so that a later request counts as a repeat and mails nobody. Checks under one address do
 * not count for another address.
 *
 * @param revision The revision of the RSVP now.
 */
export function recordIntent(link: RsvpLink | null, intent: RsvpIntent, revision: number, at: Date): RsvpLink {
  const before = link ?? newRsvpLink(at);
  const isElsewhere = intent.email !== null && before.askedEmail !== null && intent.email !== before.askedEmail;
  return {
    ...before,
    confirmTries: before.state !== 'unconfirmed' || isElsewhere ? 0 : before.confirmTries,
    askedAt: at,
    askedRevision: Math.max(before.askedRevision, intent.revision),
    askedEmail: intent.email ?? before.askedEmail,
    acceptedAt: null,
    state: link === null || revision === intent.revision ? 'unconfirmed' : before.state,
    base: before.base === null ? null : { ...before.base, asked: intent.approvalStatus },
    updatedAt: at,
  };
}

/** Luma accepted the request; it works in the background. A guest whom it named as passed over is marked. */
export function recordAccepted(link: RsvpLink, { isSkipped, at }: { isSkipped: boolean; at: Date }): RsvpLink {
  const isMarked = isSkipped && link.state === 'unconfirmed';
  return { ...link, acceptedAt: at, lastError: isMarked ? toLinkError(SKIPPED_BY_LUMA, at) : link.lastError };
}

/** What a link held before an intent was recorded. */
export type BeforeIntent = Pick<
  RsvpLink,
  'askedAt' | 'askedRevision' | 'askedEmail' | 'acceptedAt' | 'confirmTries' | 'base'
> & { state: 'pending_push' | 'unconfirmed' };

/** The request never reached Luma. What changed meanwhile stays changed. */
export function revertIntent(link: RsvpLink, before: BeforeIntent, at: Date): RsvpLink {
  const { askedAt, askedEmail, acceptedAt, confirmTries } = before;
  return {
    ...link,
    ...{ askedAt, askedEmail, acceptedAt, confirmTries },
    state: link.state === 'unconfirmed' ? before.state : link.state,
    askedRevision: Math.max(before.askedRevision, link.lumaGuestId === null ? 0 : link.pushedRevision),
    base: link.base === null ? null : withIntent(link.base, before.base?.asked),
    updatedAt: at,
  };
}

function withIntent(base: NonNullable<RsvpLink['base']>, asked: WritableApprovalStatus | undefined) {
  const { asked: _reverted, ...agreed } = base;
  return asked === undefined ? agreed : { ...agreed, asked };
}
