import { replayDelivery } from '@luma-sync/application';
import { findDelivery, listDeliveries } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { delivery, deliveryQuery } from '../schemas/delivery.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toDeliveryWire } from '../wire/to-wire.js';

const tag = 'Webhook deliveries';
const params = z.strictObject({ deliveryId: uuid });

export const deliveryRoutes = [
  route({
    method: 'get',
    path: '/v1/webhook-deliveries',
    scopes: ['events:read'],
    tag,
    summary: 'List webhooks as received, newest first',
    query: deliveryQuery,
    answer: { status: 200, description: 'A page of deliveries', schema: pageOf(delivery) },
    async handle({ query: { limit, cursor, ...filter }, db, caller: { reach } }) {
      const rows = await listDeliveries(db, { ...filter, reach, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toDeliveryWire, ({ receivedAt, id }) => encodeCursor({ at: receivedAt, id })));
    },
  }),
  route({
    method: 'get',
    path: '/v1/webhook-deliveries/{deliveryId}',
    scopes: ['events:read'],
    subject: { kind: 'delivery', param: 'deliveryId' },
    tag,
    summary: 'Read a webhook as received, without its body',
    params,
    answer: { status: 200, description: 'The delivery', schema: z.object({ delivery }) },
    async handle({ params: { deliveryId }, db }) {
      const found = await findDelivery(db, deliveryId);
      if (found === null) throw notFound('delivery');
      return ok({ delivery: toDeliveryWire(found) });
    },
  }),
  route({
    method: 'post',
    path: '/v1/webhook-deliveries/{deliveryId}/replay',
    scopes: ['events:write'],
    subject: { kind: 'delivery', param: 'deliveryId' },
    audit: { action: 'delivery.replay' },
    tag,
    summary: 'Apply a webhook once more',
    params,
    answer: { status: 202, description: 'Asked for', schema: z.object({ operation: operationRef }) },
    async handle({ params: { deliveryId }, db, actor }) {
      const result = await replayDelivery(db, deliveryId, actor);
      if (result.kind === 'unknown') throw notFound('delivery');
      if (result.kind === 'body-expired') {
        throw new Problem(409, 'delivery.body_expired', 'the body was removed by retention; pull the event instead');
      }
      return accepted({}, result.operation);
    },
  }),
];
