import { toApprovalStatus, type WritableApprovalStatus } from '@luma-sync/domain';
import type { DueRsvp } from '@luma-sync/store';

/** What one due RSVP needs, now that Luma's guests of the event were just read. */
export type RsvpPushPlan =
  /** Luma says the same, or there is nobody at Luma to say no to. */
  | { kind: 'settled' }
  /** Somebody at Luma said no; we never overrule that. */
  | { kind: 'declined-there' }
  /** Luma has a guest under the address who is not known to be this person. */
  | { kind: 'unverified' }
  | { kind: 'add'; approvalStatus: Exclude<WritableApprovalStatus, 'declined'>; isRepeat: boolean }
  | { kind: 'update'; lumaGuestId: string; status: WritableApprovalStatus; isRepeat: boolean }
  /** Sent, and Luma works in the background: look again. */
  | { kind: 'await' }
  | { kind: 'fail'; code: 'rsvp.email_required' | 'rsvp.unconfirmed' | 'rsvp.skipped'; message: string };

export interface PlannedRsvp<P extends RsvpPushPlan = RsvpPushPlan> {
  rsvp: DueRsvp;
  plan: P;
}

/** Looks at Luma before a guest it accepted is sent once more: half a minute with growing pauses. */
export const TRIES_BEFORE_REPEAT = 6;
/** The same when nobody knows whether the request arrived: a few seconds, long enough for one that did to show. */
export const TRIES_WITHOUT_ANSWER = 3;
/** Looks before it is given up. */
export const TRIES_MAX = 12;

/** No I/O, no clock. `rsvp.base` holds what Luma showed a moment ago; null means it has no such guest. */
export function planRsvpPush(rsvp: DueRsvp): RsvpPushPlan {
  const desired = toApprovalStatus(rsvp.status);
  if (desired === null) return { kind: 'settled' };
  if (rsvp.lumaGuestId !== null && rsvp.base !== null) {
    if (rsvp.base.luma === desired) return { kind: 'settled' };
    // Luma's undocumented "session" reads as going and cannot be written: nothing to do for somebody who goes.
    if (rsvp.base.luma === 'session' && desired === 'approved') return { kind: 'settled' };
    if (rsvp.base.luma === 'declined' && rsvp.decidedBy !== 'us') return { kind: 'declined-there' };
    if (isAwaited(rsvp)) return isExhausted(rsvp) ? UNCONFIRMED : { kind: 'await' };
    return { kind: 'update', lumaGuestId: rsvp.lumaGuestId, status: desired, isRepeat: wasAsked(rsvp) };
  }
  // Also to say no: it would be said for somebody else.
  if (rsvp.isOfAnother === true && rsvp.lumaGuestId === null) return { kind: 'unverified' };
  if (desired === 'declined') {
    // Nobody to say no to, unless an add of ours is still at work there.
    return rsvp.askedAt !== null && !isExhausted(rsvp) ? { kind: 'await' } : { kind: 'settled' };
  }
  if (rsvp.email === null) {
    return {
      kind: 'fail',
      code: 'rsvp.email_required',
      message: 'the person has no mail address, and Luma knows guests by it',
    };
  }
  // Luma named them as passed over: perhaps since it has them, so it is looked a few times, and nothing is sent again.
  if (rsvp.isSkipped === true) return rsvp.confirmTries < TRIES_WITHOUT_ANSWER ? { kind: 'await' } : SKIPPED;
  // Sent again after a while, or when somebody replays what was given up: as a repeat it mails nobody.
  if (isAwaited(rsvp)) return isExhausted(rsvp) && !rsvp.mayArrive ? UNCONFIRMED : { kind: 'await' };
  return { kind: 'add', approvalStatus: desired, isRepeat: rsvp.askedAt !== null || wasAsked(rsvp) };
}

/**
 * This very answer went out before, whatever came of it and whatever happened to the guest since: they were given up, a
 * host moved them or took them off. Luma may have mailed about it then.
 */
function wasAsked({ askedRevision, revision }: DueRsvp): boolean {
  return askedRevision >= revision;
}

/**
 * Luma has it, perhaps, and works in the background. Sent once more after a while, in case the request never arrived.
 */
function isAwaited(rsvp: DueRsvp): boolean {
  // A repeat under the same address does no harm; under another one it would be a second guest, so Luma is given all
  // the time it may need.
  if (isUnderOldAddress(rsvp)) return rsvp.mayArrive || rsvp.confirmTries < TRIES_BEFORE_REPEAT;
  const repeatAt = rsvp.acceptedAt === null ? TRIES_WITHOUT_ANSWER : TRIES_BEFORE_REPEAT;
  if (rsvp.confirmTries === repeatAt) return false;
  return rsvp.state === 'unconfirmed' || (isAddInFlight(rsvp) && !isExhausted(rsvp));
}

/**
 * A newer answer waits for it as well: a second add of somebody whom Luma has taken in but does not show yet may be a
 * second ticket.
 */
function isAddInFlight({ lumaGuestId, askedAt }: DueRsvp): boolean {
  return lumaGuestId === null && askedAt !== null;
}

/**
 * Sent under an address the person has left since: adding them under the new one while that may still come through
 * would make two guests.
 */
function isUnderOldAddress({ askedAt, askedEmail, email, lumaGuestId }: DueRsvp): boolean {
  return lumaGuestId === null && askedAt !== null && askedEmail !== null && askedEmail !== email;
}

/**
 * What the look that was just taken tells about. Who answered since, or has another address since, was not looked for:
 * they may be on the way from an earlier sending, or refused there, and are carried by the next run.
 *
 * @param looked As they were when the look began.
 */
export function lookedFor(looked: readonly DueRsvp[], now: readonly DueRsvp[]): DueRsvp[] {
  const emails = new Map(looked.map(({ rsvpId, email }) => [rsvpId, email]));
  // A guest whom Luma shows is looked for by their id, whatever the address.
  return now.filter(
    ({ rsvpId, email, lumaGuestId }) => emails.has(rsvpId) && (lumaGuestId !== null || emails.get(rsvpId) === email),
  );
}

/** Whether Luma is at work on it, so that a later look has to follow. */
export function isOpen(rsvp: DueRsvp): boolean {
  return rsvp.state === 'unconfirmed' || planRsvpPush(rsvp).kind === 'await';
}

/**
 * Whether something is still to be done about it, now that this run is over: what came up during the run, or was waited
 * for long enough in it.
 */
export function isUnfinished(rsvp: DueRsvp): boolean {
  return rsvp.state === 'pending_push' && planRsvpPush(rsvp).kind !== 'await';
}

const UNCONFIRMED: RsvpPushPlan = {
  kind: 'fail',
  code: 'rsvp.unconfirmed',
  message: 'Luma accepted it more than once and never showed it',
};

const SKIPPED: RsvpPushPlan = {
  kind: 'fail',
  code: 'rsvp.skipped',
  message: 'Luma passed this guest over when it took the others in, and does not show them',
};

function isExhausted(rsvp: DueRsvp): boolean {
  return rsvp.confirmTries >= TRIES_MAX;
}

/** Pause before the next look, by how often the least looked-for guest was looked for: 0.5 s doubling to 15 s. */
export function confirmPauseMs(tries: readonly number[]): number {
  return Math.min(500 * 2 ** Math.min(...tries, 10), 15_000);
}

/**
 * Whether to read Luma's guests one by one or as a list; whichever takes fewer requests.
 *
 * @param linked Guests the event is known to have.
 */
export function chooseReading(due: number, linked: number, pageSize: number): 'each' | 'list' {
  return due <= Math.floor(linked / pageSize) + 1 ? 'each' : 'list';
}
