import type { JobError } from '@luma-sync/jobs';
import type { CouponMailProps } from '@luma-sync/mail';
import type { CouponMail } from '@luma-sync/store';

export type CouponEmailPlan =
  | { kind: 'skip'; reason: 'assignment-gone' | 'already-sent' | 'no-mail-address' }
  /**
   * An asking was never answered and the key that would protect a repeat is gone: only a person can tell what became of
   * it.
   */
  | { kind: 'expired'; askedAt: Date }
  /** Never asked for, and by now nobody is to have it. */
  | { kind: 'withdraw'; reason: NotDue }
  /** The same, but an asking is open: a repeat could be the first mail that arrives, so a person decides. */
  | { kind: 'unsettled'; reason: NotDue; askedAt: Date }
  | { kind: 'ask'; recipient: string; content: CouponMailProps };

/** Why somebody who was given a code is not mailed after all. */
export type NotDue = 'no-place' | 'event-cancelled';

/** @param repeatLimitMs As the sender has it: how long after the first asking a repeat is no second mail. */
export function planCouponEmail(mail: CouponMail | null, now: Date, repeatLimitMs: number): CouponEmailPlan {
  if (mail === null) return { kind: 'skip', reason: 'assignment-gone' };
  const { message, eventTitle, code, poolName, eventUrl } = mail;
  if (message?.state === 'sent') return { kind: 'skip', reason: 'already-sent' };
  const askedAt = message?.askedAt ?? null;
  if (askedAt !== null && isPast(askedAt, now, repeatLimitMs)) return { kind: 'expired', askedAt };
  const notDue = mail.isEventCancelled ? 'event-cancelled' : mail.holdsPlace ? null : 'no-place';
  if (notDue !== null && askedAt !== null) return { kind: 'unsettled', reason: notDue, askedAt };
  if (notDue !== null) return { kind: 'withdraw', reason: notDue };
  // A repeat goes where the first asking went, or the provider would take it for another mail under a used key.
  const recipient = askedAt !== null ? (message?.recipient ?? null) : mail.email;
  if (recipient === null) return { kind: 'skip', reason: 'no-mail-address' };
  return { kind: 'ask', recipient, content: { eventTitle, code, poolName, eventUrl } };
}

/** A clock that is ahead of ours must not make a repeat safe where none is. */
const isPast = (askedAt: Date, now: Date, limitMs: number): boolean =>
  limitMs === 0 || now.getTime() - askedAt.getTime() >= limitMs;

/** Codes that end the operation while the provider may have the mail. */
const OPEN_OUTCOMES: ReadonlySet<string> = new Set(['mail.key_reused', 'mail.outcome_open']);

/**
 * Whether a failed asking proves that the provider has no mail under the key. It does not while an earlier asking is
 * open, when the provider says that it knows the key with another content, or when it may have taken the mail.
 */
export function isProvenRefusal(error: JobError, isFirstAsking: boolean): boolean {
  return isFirstAsking && error.verdict !== 'retry' && !OPEN_OUTCOMES.has(error.code);
}
