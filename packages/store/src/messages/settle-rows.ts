import type { Db } from '../database.js';

/**
 * Closes a coupon mail whose outcome is unknown: as sent, or to be sent under a new idempotency key. The old key would
 * be answered with the old mail or, after a day, stand for nothing.
 *
 * @returns null when no such mail is open.
 */
export async function closeUnknownMail(
  tx: Db,
  { messageId, isSent }: { messageId: string; isSent: boolean },
): Promise<{ assignmentId: string; eventId: string } | null> {
  const [row] = await tx.$queryRaw<{ assignmentId: string; eventId: string }[]>`
    update messages m set
      state = case when ${isSent} then 'sent'::message_state else 'reserved'::message_state end,
      sent_at = case when ${isSent} then m.asked_at end,
      asked_at = case when ${isSent} then m.asked_at end,
      idempotency_key = case when ${isSent} then m.idempotency_key else 'coupon-' || a.id || '-' || gen_random_uuid()
        end
    from coupon_assignments a
    where m.id = ${messageId}::uuid and a.id = m.assignment_id and m.state = 'unknown'
    returning a.id as "assignmentId", a.event_id as "eventId"`;
  return row ?? null;
}

export async function findMessageState(tx: Db, id: string): Promise<string | null> {
  const message = await tx.message.findUnique({ where: { id }, select: { state: true } });
  return message?.state ?? null;
}
