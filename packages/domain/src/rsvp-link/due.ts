import type { RsvpStatus } from '../rsvps/status.js';
import { mayArrive } from './checks.js';
import { isInPush } from './endings.js';
import { SKIPPED_BY_LUMA } from './intent.js';
import { newRsvpLink, type RsvpLink } from './rsvp-link.js';

/** An RSVP whose answer has to travel to Luma, or whose travel is not confirmed. */
export interface DueRsvp
  extends Pick<
    RsvpLink,
    | 'lumaGuestId'
    | 'base'
    | 'pushedRevision'
    | 'askedAt'
    | 'askedRevision'
    | 'askedEmail'
    | 'acceptedAt'
    | 'confirmTries'
    | 'decidedBy'
  > {
  rsvpId: string;
  personId: string;
  email: string | null;
  name: string | null;
  status: RsvpStatus;
  revision: number;
  /** The last add got no answer, and may still arrive as a guest whom Luma does not have yet. */
  mayArrive: boolean;
  /** `pending_push` when never sent, or edited since it was. */
  state: 'pending_push' | 'unconfirmed';
  /** Luma answered the last request with their name among those it passes over. */
  isSkipped?: boolean;
  /** One person's own answer, given while the event stood open: the limit for mailing many does not hold for it. */
  isOwnAnswer?: boolean;
  /** Luma has a guest of the event under the address, and nobody has shown that it is this person. */
  isOfAnother?: boolean;
}

/** Whether Luma does not have the answer yet. What was given up is not due. */
export const isDue = (status: RsvpStatus, link: RsvpLink | null): boolean =>
  status !== 'interested' && (link === null || isInPush(link));

/** The RSVP as a push reads it. */
export function toDueRsvp(
  rsvp: Pick<DueRsvp, 'rsvpId' | 'personId' | 'email' | 'name' | 'status' | 'revision'> & { isOfAnother: boolean },
  link: RsvpLink | null,
  at: Date,
): DueRsvp {
  const held = link ?? newRsvpLink(at);
  const { lumaGuestId, base, pushedRevision, askedAt, askedRevision, askedEmail } = held;
  const { rsvpId, personId, email, name, status, revision, isOfAnother } = rsvp;
  const { acceptedAt, confirmTries, decidedBy } = held;
  return {
    ...{ rsvpId, personId, email, name, status, revision },
    ...{ lumaGuestId, base, pushedRevision, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, decidedBy },
    mayArrive: mayArrive(held, at),
    state: held.state === 'unconfirmed' ? 'unconfirmed' : 'pending_push',
    ...(held.lastError?.code === SKIPPED_BY_LUMA.code ? { isSkipped: true } : {}),
    ...(isOfAnother ? { isOfAnother: true } : {}),
    ...(held.ownAnswerRevision >= revision ? { isOwnAnswer: true } : {}),
  };
}
