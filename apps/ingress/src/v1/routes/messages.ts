import { settleUnknownCouponMail } from '@luma-sync/application';
import { findMessage, listMessages } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { orNull, pageOf, uuid } from '../schemas/fields.js';
import { message, messageQuery, messageSettlement } from '../schemas/message.js';
import { operationRef } from '../schemas/operation.js';
import { toMessageWire } from '../wire/to-wire.js';
import { toRecordFilter } from './filters.js';

const tag = 'Messages';
const params = z.strictObject({ messageId: uuid });

export const messageRoutes = [
  route({
    method: 'get',
    path: '/v1/messages',
    scopes: ['people:read'],
    tag,
    summary: 'List the mails that were asked for, newest first',
    query: messageQuery,
    answer: { status: 200, description: 'A page of mails', schema: pageOf(message) },
    async handle({ query: { limit, cursor, state, ...named }, db, caller: { reach } }) {
      const filter = { state, ...(await toRecordFilter(db, named, reach)), reach };
      const rows = await listMessages(db, { ...filter, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toMessageWire, ({ createdAt, id }) => encodeCursor({ at: createdAt, id })));
    },
  }),
  route({
    method: 'get',
    path: '/v1/messages/{messageId}',
    scopes: ['people:read'],
    subject: { kind: 'message', param: 'messageId' },
    tag,
    summary: 'Read what became of a mail',
    params,
    answer: { status: 200, description: 'The mail', schema: z.object({ message }) },
    async handle({ params: { messageId }, db }) {
      const found = await findMessage(db, messageId);
      if (found === null) throw notFound('message');
      return ok({ message: toMessageWire(found) });
    },
  }),
  route({
    method: 'post',
    path: '/v1/messages/{messageId}/settle',
    scopes: ['events:write', 'people:read'],
    furtherScopes: [{ scope: 'mail', when: 'with `sent: false`, which sends it again', applies: ({ sent }) => !sent }],
    subject: { kind: 'message', param: 'messageId' },
    audit: { action: 'message.settle' },
    tag,
    summary: 'Say of a mail in state `unknown` whether it arrived; if not, it is sent again',
    params,
    body: messageSettlement,
    answer: {
      status: 202,
      description: 'Settled. `operation` sends it again; null when it had arrived.',
      schema: z.object({ message, operation: orNull(operationRef) }),
    },
    async handle({ params: { messageId }, body: { sent: isSent }, db, actor }) {
      const settled = await settleUnknownCouponMail(db, { messageId, isSent, actor });
      const found = settled.kind === 'unknown' ? null : await findMessage(db, messageId);
      if (found === null) throw notFound('message');
      // A repeated statement that a mail went out stays true.
      const isSaid = settled.kind === 'not-open' && isSent && settled.state === 'sent';
      if (settled.kind === 'not-open' && !isSaid) {
        throw new Problem(
          409,
          'message.not_open',
          `the mail is ${settled.state}; only one that is unknown can be settled`,
        );
      }
      const operation = settled.kind === 'settled' ? settled.operation : null;
      return { ...accepted({ message: toMessageWire(found) }, operation), audit: { changes: { sent: isSent } } };
    },
  }),
];
