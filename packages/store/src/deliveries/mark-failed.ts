import type { Db } from '../database.js';

/** The delivery could not be applied; it is kept for a replay. */
export async function markDeliveryFailed(
  tx: Db,
  deliveryId: string,
  error: { code: string; message: string },
): Promise<void> {
  await tx.webhookDelivery.updateMany({
    where: { id: deliveryId },
    data: { state: 'failed', error: `${error.code}: ${error.message}`.slice(0, 1_000) },
  });
}

/** The delivery is applied later: it stays pending and says why. */
export async function markDeliveryDelayed(
  tx: Db,
  deliveryId: string,
  { code, message, nextTryAt }: { code: string; message: string; nextTryAt: Date },
): Promise<void> {
  const error = `${code}: ${message.slice(0, 900)}; tried again at ${nextTryAt.toISOString()}`;
  await tx.webhookDelivery.updateMany({ where: { id: deliveryId, state: 'pending' }, data: { error } });
}
