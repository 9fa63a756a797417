import type { Db } from '../database.js';

/**
 * Marks the mail of a `coupon.email` operation that ended as a dead letter; call it in the transaction that ends the operation.
 * `failed` when the provider surely has no such mail, `unknown` when an asking is still open: then the person may have it.
 */
export async function couponEmailGivenUp(
  tx: Db,
  payload: { assignmentId: string },
  error: { code: string; message: string },
): Promise<void> {
  const lastError = JSON.stringify({
    code: error.code,
    message: error.message.slice(0, 1_000),
    at: new Date().toISOString(),
  });
  await tx.$executeRaw`
    update messages set
      state = case when asked_at is null then 'failed'::message_state else 'unknown'::message_state end,
      last_error = ${lastError}::jsonb
    where assignment_id = ${payload.assignmentId}::uuid and state <> 'sent'`;
}
