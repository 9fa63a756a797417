import { inboxApply } from '@luma-sync/jobs';
import type { Tx } from '../database.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { type ErasedAddresses, NOBODY_ERASED } from '../personal-data/erased-addresses.js';
import { namesErased } from '../personal-data/without-erased.js';
import { toKeptBody } from './kept-body.js';

/** One webhook whose signature was found good. */
export interface NewDelivery {
  calendarId: string;
  /** Luma's `Webhook-Id`. */
  webhookId: string;
  type: string;
  /** As it came; `toKeptBody` says what of it is stored. */
  rawBody: string;
  signedAt: Date;
  /**
   * The record it speaks of (Luma's event id), so that deliveries about one record take turns; null takes the delivery
   * for itself.
   */
  recordKey: string | null;
  /** A type we read. Others are kept, and nothing is done about them. */
  isKnown: boolean;
}

export type DeliveryReceipt = { kind: 'accepted' | 'duplicate' | 'ignored'; deliveryId: string };

/**
 * Keeps a delivery and the operation that applies it, in one commit. The unique key is the check for duplicates: of
 * twenty equal deliveries at once one is accepted. One that names somebody who was erased is kept without its body and
 * not applied: what else it says is seen by the next pull.
 */
export async function storeDelivery(
  tx: Tx,
  delivery: NewDelivery,
  erased: Pick<ErasedAddresses, 'find'> = NOBODY_ERASED,
): Promise<DeliveryReceipt> {
  const kept = toKeptBody(delivery.rawBody);
  const isErased = await namesErased(tx, erased, kept);
  const [body, isKnown] = isErased ? [null, false] : [kept, delivery.isKnown];
  const [stored] = await tx.$queryRaw<{ id: string }[]>`
    insert into webhook_deliveries (calendar_id, webhook_id, type, record_key, raw_body, state, error, signed_at)
    values (${delivery.calendarId}::uuid, ${delivery.webhookId}, ${delivery.type}, ${delivery.recordKey}, ${body},
      ${isKnown ? 'pending' : 'ignored'}::delivery_state, ${isErased ? 'erased' : null}, ${delivery.signedAt})
    on conflict (calendar_id, webhook_id) do nothing
    returning id`;
  if (stored === undefined) {
    const first = await tx.webhookDelivery.findUniqueOrThrow({
      where: { calendarId_webhookId: { calendarId: delivery.calendarId, webhookId: delivery.webhookId } },
      select: { id: true },
    });
    return { kind: 'duplicate', deliveryId: first.id };
  }
  if (!isKnown) return { kind: 'ignored', deliveryId: stored.id };
  await enqueueOperation(
    tx,
    inboxApply,
    { deliveryId: stored.id, recordKey: delivery.recordKey ?? stored.id },
    { trigger: 'webhook', actor: 'webhook', calendarId: delivery.calendarId },
  );
  return { kind: 'accepted', deliveryId: stored.id };
}
