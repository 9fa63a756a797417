import { couponEmail, inboxApply } from '@luma-sync/jobs';
import {
  couponEmailGivenUp,
  lockForDiscard,
  markDeliveryFailed,
  markDiscarded,
  releaseRecordLeases,
  type Tx,
} from '@luma-sync/store';

export type Discard = { kind: 'discarded' } | { kind: 'unknown' } | { kind: 'not-discardable'; state: string };

const DISCARDABLE: ReadonlySet<string> = new Set(['queued', 'running', 'failed']);

/**
 * Closes an operation that is not over, or has failed, with the reason a person gave. A run of it finds at its next
 * heartbeat, or at its next write, that it owns nothing any more, and ends; what it has sent by then is sent.
 */
export async function discardOperation(
  tx: Tx,
  id: string,
  { reason, actor }: { reason: string; actor: string },
): Promise<Discard> {
  const row = await lockForDiscard(tx, id);
  if (row === null) return { kind: 'unknown' };
  if (!DISCARDABLE.has(row.state)) return { kind: 'not-discardable', state: row.state };
  await markDiscarded(tx, id, { reason, actor });
  await markRecordFailed(tx, row, { code: 'operation.discarded', message: `discarded: ${reason}` });
  if (row.leaseOwner !== null) await releaseRecordLeases(tx, row.leaseOwner);
  return { kind: 'discarded' };
}

/** What one operation alone would have done says that it is not done; a sweep of due rows leaves it alone then. */
async function markRecordFailed(
  tx: Tx,
  { job, payload }: { job: string; payload: unknown },
  failure: { code: string; message: string },
): Promise<void> {
  const delivery = job === inboxApply.name ? inboxApply.payload.safeParse(payload) : null;
  if (delivery?.success === true) await markDeliveryFailed(tx, delivery.data.deliveryId, failure);
  const mail = job === couponEmail.name ? couponEmail.payload.safeParse(payload) : null;
  if (mail?.success === true) await couponEmailGivenUp(tx, mail.data, failure);
}
