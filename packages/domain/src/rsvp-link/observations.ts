import { toLinkError } from '../links/link-error.js';
import type { GuestPlan } from '../rsvps/plan-guest.js';
import { holdsPlace, type RsvpStatus } from '../rsvps/status.js';
import { isRecent } from './checks.js';
import { DECLINED_AT_LUMA } from './endings.js';
import { newRsvpLink, type RsvpLink } from './rsvp-link.js';

/**
 * Clocks of two workers, and Luma's in a webhook, may differ by this much. A link that was observed longer before a
 * read is older than the read, also where it was written during the read: by a late webhook, say.
 */
export const CLOCKS_APART_MS = 5_000;

/** A read that was made without the lease of the event's guests. */
export interface UnleasedRead {
  observedAt: Date;
  /** From this moment on another run may have written. */
  since: Date;
}

type GuestWrite = Extract<GuestPlan, { kind: 'write' }>;

/** Whether the link was written since the read began, and may know more than the read. */
export function isContested(link: RsvpLink | null, read: UnleasedRead | null): boolean {
  if (link === null || read === null) return false;
  if (link.askedAt !== null && link.askedAt >= read.since) return true;
  const newerThanMs = read.observedAt.getTime() - CLOCKS_APART_MS;
  return link.updatedAt >= read.since && (link.observedAt === null || link.observedAt.getTime() > newerThanMs);
}

/** Whether a push has found since the read began that Luma no longer has the guest. */
export const isGoneSince = (link: RsvpLink, lumaGuestId: string, read: UnleasedRead | null): boolean =>
  read !== null && link.goneGuestId === lumaGuestId && link.updatedAt >= read.since;

/** Whether an observation may be written: an older one may not. A moment ahead of our clock orders nothing. */
export const isNewest = (link: Pick<RsvpLink, 'observedAt'> | null, observedAt: Date, at: Date): boolean =>
  link === null ||
  link.observedAt === null ||
  link.observedAt <= observedAt ||
  link.observedAt.getTime() > at.getTime() + CLOCKS_APART_MS;

export interface GuestObservation {
  lumaGuestId: string;
  observedAt: Date;
  plan: GuestWrite;
}

/** A guest of whom we had no RSVP. */
export const linkNewGuest = ({ lumaGuestId, observedAt, plan }: GuestObservation, at: Date): RsvpLink => ({
  ...newRsvpLink(at),
  lumaGuestId,
  pushedRevision: plan.pushedRevision,
  base: plan.base,
  observedAt,
  state: plan.pushNeeded ? 'pending_push' : 'pulled',
  decidedBy: plan.decidedBy,
});

/** Stores what a merge decided. An answer that asked for a place, and was not sent yet, gives way to a refusal. */
export function linkGuest(
  link: RsvpLink | null,
  rsvp: { status: RsvpStatus; revision: number },
  observation: GuestObservation,
  at: Date,
): RsvpLink {
  const { lumaGuestId, observedAt, plan } = observation;
  const before = link ?? newRsvpLink(at);
  return {
    ...before,
    lumaGuestId,
    pushedRevision: plan.pushedRevision,
    // What Luma has needs no mail, should it have to be sent again.
    askedRevision: Math.max(before.askedRevision, plan.pushedRevision),
    base: plan.base,
    observedAt,
    state: plan.pushNeeded ? 'pending_push' : 'synced',
    decidedBy: plan.decidedBy,
    lastError: hasGivenWay(link, rsvp, plan) ? toLinkError(DECLINED_AT_LUMA, at) : null,
    confirmTries: plan.pushNeeded ? before.confirmTries : 0,
    updatedAt: at,
  };
}

/** Whether an answer that asked for a place, and had not travelled yet, gives way to a refusal at Luma. */
export function hasGivenWay(
  link: Pick<RsvpLink, 'pushedRevision'> | null,
  rsvp: { status: RsvpStatus; revision: number },
  plan: Pick<GuestWrite, 'status'>,
): boolean {
  if (plan.status !== 'rejected' || !holdsPlace(rsvp.status)) return false;
  return rsvp.revision > (link?.pushedRevision ?? 0);
}

/** Luma shows the guest as known: only the moment is stored. */
export const confirmSeen = (link: RsvpLink, seenAt: Date): RsvpLink =>
  link.observedAt !== null && link.observedAt < seenAt ? { ...link, observedAt: seenAt } : link;

/**
 * Luma no longer has the guest. The link is forgotten, so that a later answer is sent as a new guest; an answer that
 * was sent before stays a repeat. A refused answer stays refused.
 *
 * The address of the last add is kept: a guest under it is this person. A second add under an address that the person
 * has left since may still arrive, so its moment is kept.
 *
 * @param email The person's address now.
 */
export function forgetGuest(link: RsvpLink, email: string | null, at: Date): RsvpLink {
  if (link.lumaGuestId === null) return link;
  const isLeft = link.askedEmail !== null && email !== null && link.askedEmail !== email;
  return {
    ...link,
    lumaGuestId: null,
    goneGuestId: link.lumaGuestId,
    base: null,
    observedAt: null,
    acceptedAt: null,
    askedAt: isLeft && isRecent(link.askedAt, at) ? link.askedAt : null,
    confirmTries: 0,
    decidedBy: 'unknown',
    state: link.state === 'unconfirmed' ? 'pending_push' : link.state,
    updatedAt: at,
  };
}

/**
 * Luma shows the person under another entry. What both sides agreed on stays, so nothing of the old entry is sent.
 *
 * @returns null when the link was written since the read began, or is to another guest.
 */
export function moveToEntry(
  link: RsvpLink,
  move: { linkedGuestId: string; lumaGuestId: string; unleasedSince: Date },
  at: Date,
): RsvpLink | null {
  if (link.lumaGuestId !== move.linkedGuestId || link.updatedAt >= move.unleasedSince) return null;
  return { ...link, lumaGuestId: move.lumaGuestId, goneGuestId: move.linkedGuestId, updatedAt: at };
}
