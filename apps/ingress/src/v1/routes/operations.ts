import { discardOperation, replayOperation } from '@luma-sync/application';
import { findOperation, findOperationEffects, listOperations } from '@luma-sync/store';
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
    scopes: ['events:read'],
    tag,
    summary: 'List operations, newest first',
    query: operationQuery,
    answer: { status: 200, description: 'A page of operations', schema: pageOf(operation) },
    async handle({
      query: { limit, cursor, parked: isParked, isolated: isIsolated, ...filter },
      db,
      caller: { reach },
    }) {
      const rows = await listOperations(db, {
        ...filter,
        isParked,
        isIsolated,
        reach,
        after: decodeCursor(cursor),
        limit: limit + 1,
      });
      return ok(toPage(rows, limit, toOperationWire, ({ createdAt, id }) => encodeCursor({ at: createdAt, id })));
    },
  }),
  route({
    method: 'get',
    path: '/v1/operations/{operationId}',
    scopes: ['events:read'],
    subject: { kind: 'operation', param: 'operationId' },
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
    scopes: ['events:write'],
    furtherScopes: [
      { scope: 'mail', when: 'for an operation that mails people' },
      { scope: 'irreversible', when: 'for a cancellation at Luma' },
    ],
    subject: { kind: 'operation', param: 'operationId' },
    audit: { action: 'operation.retry' },
    tag,
    summary: 'Run an operation that was given up again, as a new one; try a parked one now',
    params,
    answer: { status: 202, description: 'The new operation', schema: z.object({ operation: operationRef }) },
    async handle({ params: { operationId }, db, actor, caller }) {
      const effects = await findOperationEffects(db, operationId);
      if (effects?.mailsPeople === true) caller.need('mail', 'to run an operation again that mails people');
      if (effects?.isIrreversible === true) caller.need('irreversible', 'to ask Luma again to cancel for good');
      const result = await replayOperation(db, operationId, actor);
      switch (result.kind) {
        case 'replayed':
          return { ...accepted({}, result.operation), audit: { changes: { newOperation: result.operation.id } } };
        case 'unknown':
          throw notFound('operation');
        case 'not-failed':
          throw new Problem(
            409,
            'operation.not_failed',
            `the operation is ${result.state}; only a failed or parked one can be retried`,
          );
        case 'unreadable':
          throw new Problem(409, 'operation.unreadable', 'this version does not know such an operation');
      }
    },
  }),
  route({
    method: 'post',
    path: '/v1/operations/{operationId}/discard',
    scopes: ['events:write'],
    subject: { kind: 'operation', param: 'operationId' },
    audit: { action: 'operation.discard' },
    tag,
    summary: 'Close an operation that waits, runs or was given up, with a reason',
    params,
    body: discardInput,
    answer: { status: 200, description: 'Closed', schema: z.object({ operation }) },
    async handle({ params: { operationId }, body, db, actor }) {
      const result = await discardOperation(db, operationId, { reason: body.reason, actor });
      if (result.kind === 'unknown') throw notFound('operation');
      if (result.kind === 'not-discardable') {
        throw new Problem(409, 'operation.not_discardable', `the operation is ${result.state} already`);
      }
      const closed = await findOperation(db, operationId);
      if (closed === null) throw notFound('operation');
      const audit = { calendarId: closed.calendarId, changes: { job: closed.job, reason: body.reason } };
      return { ...ok({ operation: toOperationWire(closed) }), audit };
    },
  }),
];
