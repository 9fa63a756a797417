import { inboxApply } from '@luma-sync/jobs';
import { type EnqueuedOperation, enqueueOperation, type Tx } from '@luma-sync/store';

export type DeliveryReplay =
  | { kind: 'replayed'; operation: EnqueuedOperation }
  | { kind: 'unknown' }
  /** Retention has removed the body: there is nothing left to apply. */
  | { kind: 'body-expired' };

/** Applies a stored delivery once more, in the caller's transaction. */
export async function replayDelivery(tx: Tx, id: string, actor: string): Promise<DeliveryReplay> {
  const delivery = await tx.webhookDelivery.findUnique({ where: { id } });
  if (delivery === null) return { kind: 'unknown' };
  if (delivery.rawBody === null) return { kind: 'body-expired' };
  await tx.webhookDelivery.update({ where: { id }, data: { state: 'pending', error: null } });
  const operation = await enqueueOperation(
    tx,
    inboxApply,
    { deliveryId: id, recordKey: delivery.recordKey ?? id },
    { trigger: 'manual', actor, calendarId: delivery.calendarId },
  );
  return { kind: 'replayed', operation };
}
