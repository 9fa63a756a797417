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
