import { couponEmail } from '@luma-sync/jobs';
import type { Tx } from '../database.js';
import { type EnqueuedOperation, enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';

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
  const [row] = await tx.$queryRaw<{ assignmentId: string; eventId: string }[]>`
    update messages m set
      state = case when ${isSent} then 'sent'::message_state else 'reserved'::message_state end,
      sent_at = case when ${isSent} then m.asked_at end,
      asked_at = case when ${isSent} then m.asked_at end,
      idempotency_key = case when ${isSent} then m.idempotency_key else 'coupon-' || a.id || '-' || gen_random_uuid() end
    from coupon_assignments a
    where m.id = ${messageId}::uuid and a.id = m.assignment_id and m.state = 'unknown'
    returning a.id as "assignmentId", a.event_id as "eventId"`;
  if (row === undefined) {
    const message = await tx.message.findUnique({ where: { id: messageId }, select: { state: true } });
    return message === null ? { kind: 'unknown' } : { kind: 'not-open', state: message.state };
  }
  const { assignmentId, eventId } = row;
  const fact = { fact: 'coupon-settled', isSent } as const;
  await appendTimeline(tx, [{ recordType: 'coupon', recordId: assignmentId, eventId, actor, fact }]);
  if (isSent) return { kind: 'settled', operation: null };
  const options = { trigger: 'manual' as const, actor, eventId };
  return { kind: 'settled', operation: await enqueueOperation(tx, couponEmail, { assignmentId }, options) };
}
