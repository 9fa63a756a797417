import { findUnreadable, listUnreadable } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound } from '../../http/problem.js';
import { ok, route } from '../route.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { unreadableQuery, unreadableRecord, unreadableRecordWithRaw } from '../schemas/unreadable.js';
import { toUnreadableWire } from '../wire/unreadable-wire.js';
import { toRecordFilter } from './filters.js';

const tag = 'Unreadable records';

export const unreadableRoutes = [
  route({
    method: 'get',
    path: '/v1/unreadable-records',
    scopes: ['people:read'],
    tag,
    summary: 'List records of Luma’s that could not be read or stored, or not in full; those seen last come first',
    query: unreadableQuery,
    answer: { status: 200, description: 'A page of them', schema: pageOf(unreadableRecord) },
    async handle({ query: { limit, cursor, event, ...filter }, db, caller: { reach } }) {
      const query = { ...filter, ...(await toRecordFilter(db, { event }, reach)), reach };
      const rows = await listUnreadable(db, { ...query, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toUnreadableWire, ({ seenLast, id }) => encodeCursor({ at: seenLast, id })));
    },
  }),
  route({
    method: 'get',
    path: '/v1/unreadable-records/{recordId}',
    scopes: ['people:read'],
    subject: { kind: 'unreadable_record', param: 'recordId' },
    tag,
    summary: 'Read one of them, with what Luma sent',
    params: z.strictObject({ recordId: uuid }),
    answer: { status: 200, description: 'The record', schema: z.object({ record: unreadableRecordWithRaw }) },
    async handle({ params: { recordId }, db }) {
      const found = await findUnreadable(db, recordId);
      if (found === null) throw notFound('unreadable_record');
      return ok({ record: { ...toUnreadableWire(found.view), raw: found.raw } });
    },
  }),
];
