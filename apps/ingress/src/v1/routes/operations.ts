import { discardOperation, findOperation, listOperations, replayOperation } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { discardInput, operation, operationQuery, operationRef } from '../schemas/operation.js';
import { toOperationWire } from '../wire/to-wire.js';

const tag = 'Operations';
const params = z.strictObject({ operationId: uuid });

export const operationRoutes = [
  route({
    method: 'get',
    path: '/v1/operations',
    scope: 'read',
    tag,
    summary: 'List operations, newest first',
    query: operationQuery,
    answer: { status: 200, description: 'A page of operations', schema: pageOf(operation) },
    async handle({ query: { limit, cursor, ...filter }, db }) {
      const rows = await listOperations(db, { ...filter, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toOperationWire, ({ createdAt, id }) => encodeCursor({ at: createdAt, id })));
    },
  }),
  route({
    method: 'get',
    path: '/v1/operations/{operationId}',
    scope: 'read',
    tag,
    summary: 'Read how an operation stands',
    params,
    answer: { status: 200, description: 'The operation', schema: z.object({ operation }) },
    async handle({ params: { operationId }, db }) {
      const found = await findOperation(db, operationId);
      if (found === null) throw notFound('operation');
      return ok({ operation: toOperationWire(found) });
    },
  }),
  route({
    method: 'post',
    path: '/v1/operations/{operationId}/retry',
    scope: 'write',
    tag,
    summary: 'Run an operation that was given up again, as a new one',
    params,
    answer: { status: 202, description: 'The new operation', schema: z.object({ operation: operationRef }) },
    async handle({ params: { operationId }, db, actor }) {
      const result = await replayOperation(db, operationId, actor);
      switch (result.kind) {
        case 'replayed':
          return accepted({}, result.operation);
        case 'unknown':
          throw notFound('operation');
        case 'not-failed':
          throw new Problem(
            409,
            'operation.not_failed',
            `the operation is ${result.state}; only a failed one can be retried`,
          );
        case 'unreadable':
          throw new Problem(409, 'operation.unreadable', 'this version does not know such an operation');
      }
    },
  }),
  route({
    method: 'post',
    path: '/v1/operations/{operationId}/discard',
    scope: 'write',
    tag,
    summary: 'Close an operation that waits or was given up, with a reason',
    params,
    body: discardInput,
    answer: { status: 200, description: 'Closed', schema: z.object({ operation }) },
    async handle({ params: { operationId }, body, db, actor }) {
      const result = await discardOperation(db, operationId, { reason: body.reason, actor });
      if (result.kind === 'unknown') throw notFound('operation');
      if (result.kind === 'not-discardable') {
        throw new Problem(
          409,
          'operation.not_discardable',
          `the operation is ${result.state}; only a queued or failed one can be discarded`,
        );
      }
      const closed = await findOperation(db, operationId);
      if (closed === null) throw notFound('operation');
      return ok({ operation: toOperationWire(closed) });
    },
  }),
];
