import { isKnownWebhookType } from '@luma-sync/luma-contract';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import type { Tables } from './tables.js';

export type InMemoryInbox = Commits<Deps['inbox']>;

/** What `createInboxSyncStore` does to Postgres. */
export function createInMemoryInbox(tables: Tables, operations: Operations): InMemoryInbox {
  const store: InMemoryInbox = {
    find(deliveryId) {
      const delivery = tables.deliveries.get(deliveryId);
      return delivery === undefined ? null : { ...delivery, signedAt: believedMoment(delivery) };
    },
    listWaiting({ calendarId, recordKey, types, limit }) {
      return [...tables.deliveries.values()]
        .filter((of) => of.calendarId === calendarId && of.state === 'pending' && types.includes(of.type))
        .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || (a.id < b.id ? -1 : 1))
        .flatMap((of) => {
          const operation = operations.queuedBy(`inbox.apply:${of.id}`);
          const isWaiting =
            operation?.attempts === 0 && operation.crashes === 0 && recordOf(operation.payload) === recordKey;
          const { webhookId: _, ...delivery } = of;
          return isWaiting && of.rawBody !== null
            ? [{ ...delivery, signedAt: believedMoment(of), rawBody: of.rawBody, operationId: operation.id }]
            : [];
        })
        .slice(0, limit);
    },
    excludeFromCoalescing(holder, query) {
      operations.assertOwner(holder);
      for (const { id } of store.listWaiting(query)) {
        const operation = operations.queuedBy(`inbox.apply:${id}`);
        if (operation !== undefined) operation.attempts = 1;
      }
    },
    settle(holder, deliveryId, { state, along = [] }) {
      operations.assertOwner(holder);
      const delivery = tables.deliveries.get(deliveryId);
      if (delivery !== undefined) delivery.state = state;
      for (const { id, operationId } of along) {
        const other = tables.deliveries.get(id);
        if (other !== undefined) other.state = 'applied';
        operations.finishQueued(operationId, 'coalesced');
      }
    },
  };
  return store;
}

/** A sender's clock may be ahead of ours. */
const believedMoment = ({ signedAt, receivedAt }: { signedAt: Date; receivedAt: Date }): Date =>
  signedAt < receivedAt ? signedAt : receivedAt;

const recordOf = (payload: unknown): string => (payload as { recordKey: string }).recordKey;

/**
 * As ingress does with a delivery whose signature is good: one row for each `Webhook-Id`, and the operation that
 * applies it.
 */
export function receiveDelivery(
  tables: Tables,
  operations: Operations,
  time: VirtualTime,
  calendarId: string,
  delivery: { webhookId: string; body: string; signedAt: Date },
): 'accepted' | 'duplicate' | 'ignored' {
  if (tables.webhookIds.has(delivery.webhookId)) return 'duplicate';
  const { type, data } = JSON.parse(delivery.body) as {
    type: string;
    data: { id?: string; event?: { id: string } };
  };
  // One of a known type that cannot be read is kept like others, and its own run ends as a dead letter.
  const known = isKnownWebhookType(type);
  const id = tables.newId();
  tables.webhookIds.add(delivery.webhookId);
  tables.deliveries.set(id, {
    id,
    calendarId,
    webhookId: delivery.webhookId,
    type,
    rawBody: delivery.body,
    state: known ? 'pending' : 'ignored',
    signedAt: delivery.signedAt,
    receivedAt: time.date(),
  });
  if (!known) return 'ignored';
  operations.enqueue(
    'inbox.apply',
    { deliveryId: id, recordKey: data.event?.id ?? data.id ?? id },
    { trigger: 'webhook', actor: 'webhook' },
  );
  return 'accepted';
}
