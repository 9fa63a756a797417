import type { Db } from '../database.js';
import { type Delay, toDelayedError } from '../operations/delayed-error.js';

/**
 * Marks the mail of a `coupon.email` operation that ended as a dead letter; call it in the transaction that ends the
 * operation. `unknown` when an asking is still open: the person may have the mail. `failed` when the provider surely
 * has no such mail; then a replay goes under a new idempotency key, since the old one may stand for the refused
 * content.
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
      idempotency_key = case when asked_at is null then 'coupon-' || assignment_id || '-' || gen_random_uuid()
        else idempotency_key end,
      last_error = ${lastError}::jsonb
    where assignment_id = ${payload.assignmentId}::uuid and state <> 'sent'`;
}

/** The mail is tried again later: its row says why it is late, and when that is. */
export async function couponEmailDelayed(tx: Db, assignmentId: string, delay: Delay): Promise<void> {
  const lastError = JSON.stringify(toDelayedError(delay));
  await tx.$executeRaw`
    update messages set last_error = ${lastError}::jsonb where assignment_id = ${assignmentId}::uuid
      and state = 'reserved'`;
}
