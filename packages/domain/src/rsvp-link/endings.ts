import { type LinkError, toLinkError } from '../links/link-error.js';
import { SKIPPED_BY_LUMA } from './intent.js';
import { newRsvpLink, type RsvpLink } from './rsvp-link.js';

/** Why an answer that asked for a place was not carried out. */
export const DECLINED_AT_LUMA = {
  code: 'rsvp.declined_at_luma',
  message:
    'this guest was declined or taken off at Luma, by themselves or by a host there; a host can decide otherwise',
};

/** The code of an answer whose guest Luma shows in a form that cannot be read. */
export const UNREADABLE_GUEST = 'rsvp.unreadable_guest';

/**
 * Nothing has to travel: Luma shows the same, or has nobody to decline. Of an RSVP whose revision is still `revision`.
 */
export function settle(link: RsvpLink | null, revision: number, at: Date): RsvpLink {
  const before = link ?? newRsvpLink(at);
  return {
    ...before,
    state: 'synced',
    pushedRevision: revision,
    askedRevision: before.lumaGuestId === null ? before.askedRevision : Math.max(before.askedRevision, revision),
    confirmTries: 0,
    lastError: null,
    updatedAt: at,
  };
}

/**
 * Luma has a guest under the address who may be another person: the answer stays here until the address is verified.
 * A link to a guest stays as it is.
 */
export const markUnverified = (link: RsvpLink, at: Date): RsvpLink =>
  link.lumaGuestId === null ? { ...link, state: 'unverified', confirmTries: 0, lastError: null, updatedAt: at } : link;

/** Our answer gives way to a refusal at Luma. The RSVP's status becomes `rejected`. */
export const giveWay = (link: RsvpLink, revision: number, at: Date): RsvpLink => ({
  ...link,
  state: 'synced',
  pushedRevision: revision,
  base: link.base === null ? null : { ...link.base, ours: 'rejected' },
  lastError: toLinkError(DECLINED_AT_LUMA, at),
  updatedAt: at,
});

/** Given up until an edit or a replay. */
export const failPush = (link: RsvpLink | null, error: { code: string; message: string }, at: Date): RsvpLink => ({
  ...(link ?? newRsvpLink(at)),
  state: 'push_failed',
  lastError: toLinkError(error, at),
  updatedAt: at,
});

/** Whether a push of the event's answers carries it. */
export const isInPush = ({ state }: Pick<RsvpLink, 'state'>): boolean =>
  state === 'pending_push' || state === 'unconfirmed';

/** The push is tried again later. What Luma said of a guest stays: the next run decides by it. */
export const delayPush = (link: RsvpLink, error: LinkError): RsvpLink =>
  isInPush(link) && link.lastError?.code !== SKIPPED_BY_LUMA.code ? { ...link, lastError: error } : link;

/** A person asks for another try of what was given up. */
export const retryFailed = (link: RsvpLink, at: Date): RsvpLink =>
  link.state === 'push_failed' ? { ...link, state: 'pending_push', lastError: null, updatedAt: at } : link;

/** Luma may show the guest in another form by now, or have the guest no longer. */
export const retryUnreadable = (link: RsvpLink, at: Date): RsvpLink =>
  link.lastError?.code === UNREADABLE_GUEST ? retryFailed(link, at) : link;
