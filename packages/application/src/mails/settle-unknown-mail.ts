import { couponEmail } from '@luma-sync/jobs';
import {
  appendTimeline,
  closeUnknownMail,
  type EnqueuedOperation,
  enqueueOperation,
  findMessageState,
  type Tx,
} from '@luma-sync/store';

export interface UnknownMailDecision {
  messageId: string;
  /** True: the person has the mail. False: they have not, or twice is better than never. */
  isSent: boolean;
  /** The operator, as in `EnqueueOptions`. */
  actor: string;
}

export type SettledMail =
  /** `operation` sends it again; null when it had arrived. */
  | { kind: 'settled'; operation: EnqueuedOperation | null }
  | { kind: 'unknown' }
  /** It is known what became of it, for instance because another operator was first. */
  | { kind: 'not-open'; state: string };

/**
 * An operator's word on a coupon mail of which nobody knows whether it went out. Sending again takes a new idempotency
 * key: the old one would be answered with the old mail or, after a day, stand for nothing.
 */
export async function settleUnknownCouponMail(
  tx: Tx,
  { messageId, isSent, actor }: UnknownMailDecision,
): Promise<SettledMail> {
  const row = await closeUnknownMail(tx, { messageId, isSent });
  if (row === null) {
    const state = await findMessageState(tx, messageId);
    return state === null ? { kind: 'unknown' } : { kind: 'not-open', state };
  }
  const { assignmentId, eventId } = row;
  const fact = { fact: 'coupon-settled', isSent } as const;
  await appendTimeline(tx, [{ recordType: 'coupon', recordId: assignmentId, eventId, actor, fact }]);
  if (isSent) return { kind: 'settled', operation: null };
  const options = { trigger: 'manual' as const, actor, eventId };
  return { kind: 'settled', operation: await enqueueOperation(tx, couponEmail, { assignmentId }, options) };
}
