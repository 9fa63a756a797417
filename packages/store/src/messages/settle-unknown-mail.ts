import { couponEmail } from '@luma-sync/jobs';
import { type Database, inTransaction } from '../database.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';

export interface UnknownMailDecision {
  assignmentId: string;
  /** `arrived`: the person has the mail. `send-again`: they have not, or twice is better than never. */
  decision: 'arrived' | 'send-again';
  /** The operator, as in `EnqueueOptions`. */
  actor: string;
}

/**
 * An operator's word on a coupon mail of which nobody knows whether it went out. Sending again takes a new idempotency key: the old one
 * would be answered with the old mail or, after a day, stand for nothing.
 *
 * @returns false when the mail is not `unknown`, for instance because another operator was first.
 */
export function settleUnknownCouponMail(
  db: Database,
  { assignmentId, decision, actor }: UnknownMailDecision,
): Promise<boolean> {
  const isArrived = decision === 'arrived';
  return inTransaction(db, async (tx) => {
    const [row] = await tx.$queryRaw<{ eventId: string }[]>`
      update messages m set
        state = case when ${isArrived} then 'sent'::message_state else 'reserved'::message_state end,
        sent_at = case when ${isArrived} then m.asked_at end,
        asked_at = case when ${isArrived} then m.asked_at end,
        idempotency_key = case when ${isArrived} then m.idempotency_key else 'coupon-' || a.id || '-' || gen_random_uuid() end
      from coupon_assignments a
      where a.id = ${assignmentId}::uuid and m.assignment_id = a.id and m.state = 'unknown'
      returning a.event_id as "eventId"`;
    if (row === undefined) return false;
    const { eventId } = row;
    const fact = { fact: 'coupon-settled', isSent: isArrived } as const;
    await appendTimeline(tx, [{ recordType: 'coupon', recordId: assignmentId, eventId, actor, fact }]);
    if (!isArrived) await enqueueOperation(tx, couponEmail, { assignmentId }, { trigger: 'manual', actor, eventId });
    return true;
  });
}
