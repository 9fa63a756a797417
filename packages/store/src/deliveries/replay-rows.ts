import type { Db } from '../database.js';

export interface DeliveryToReplay {
  recordKey: string | null;
  calendarId: string | null;
  /** False once retention has removed the body. */
  hasBody: boolean;
}

export async function findDeliveryToReplay(tx: Db, id: string): Promise<DeliveryToReplay | null> {
  const row = await tx.webhookDelivery.findUnique({
    where: { id },
    select: { recordKey: true, calendarId: true, rawBody: true },
  });
  if (row === null) return null;
  const { rawBody, ...rest } = row;
  return { ...rest, hasBody: rawBody !== null };
}

export async function markDeliveryPending(tx: Db, id: string): Promise<void> {
  await tx.webhookDelivery.update({ where: { id }, data: { state: 'pending', error: null } });
}
