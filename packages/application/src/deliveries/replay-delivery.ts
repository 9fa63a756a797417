import { inboxApply } from '@luma-sync/jobs';
import {
  type EnqueuedOperation,
  enqueueOperation,
  findDeliveryToReplay,
  markDeliveryPending,
  type Tx,
} from '@luma-sync/store';

export type DeliveryReplay =
  | { kind: 'replayed'; operation: EnqueuedOperation }
  | { kind: 'unknown' }
  /** Retention has removed the body: there is nothing left to apply. */
  | { kind: 'body-expired' };

/** Applies a stored delivery once more, in the caller's transaction. */
export async function replayDelivery(tx: Tx, id: string, actor: string): Promise<DeliveryReplay> {
  const delivery = await findDeliveryToReplay(tx, id);
  if (delivery === null) return { kind: 'unknown' };
  if (!delivery.hasBody) return { kind: 'body-expired' };
  await markDeliveryPending(tx, id);
  const operation = await enqueueOperation(
    tx,
    inboxApply,
    { deliveryId: id, recordKey: delivery.recordKey ?? id },
    { trigger: 'manual', actor, calendarId: delivery.calendarId },
  );
  return { kind: 'replayed', operation };
}
