import { type ResolveResult, resolveConflict } from '@luma-sync/application';
import { findConflict, listConflicts } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { conflict, conflictDecision, conflictQuery } from '../schemas/conflict.js';
import { orNull, pageOf, uuid } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toConflictWire } from '../wire/to-wire.js';
import { toRecordFilter } from './filters.js';

const tag = 'Conflicts';
const params = z.strictObject({ conflictId: uuid });

export const conflictRoutes = [
  route({
    method: 'get',
    path: '/v1/conflicts',
    scopes: ['events:read', 'people:read'],
    tag,
    summary: 'List fields that both sides changed: those nobody has looked at first, newest first',
    query: conflictQuery,
    answer: { status: 200, description: 'A page of conflicts', schema: pageOf(conflict) },
    async handle({ query: { limit, cursor, state, ...named }, db, caller: { reach } }) {
      const isOpen = state === undefined ? undefined : state === 'open';
      const filter = { isOpen, ...(await toRecordFilter(db, named, reach)), reach };
      const rows = await listConflicts(db, { ...filter, after: decodeEnd(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toConflictWire, encodeEnd));
    },
  }),
  route({
    method: 'get',
    path: '/v1/conflicts/{conflictId}',
    scopes: ['events:read', 'people:read'],
    subject: { kind: 'conflict', param: 'conflictId' },
    tag,
    summary: 'Read a conflict and what stands in its field now',
    params,
    answer: { status: 200, description: 'The conflict', schema: z.object({ conflict }) },
    async handle({ params: { conflictId }, db }) {
      const found = await findConflict(db, conflictId);
      if (found === null) throw notFound('conflict');
      return ok({ conflict: toConflictWire(found) });
    },
  }),
  route({
    method: 'post',
    path: '/v1/conflicts/{conflictId}/resolve',
    scopes: ['events:write', 'people:read'],
    subject: { kind: 'conflict', param: 'conflictId' },
    audit: { action: 'conflict.resolve' },
    tag,
    summary: 'Confirm the value that was chosen, or put the other one in its place; mails nobody',
    params,
    body: conflictDecision,
    answer: {
      status: 202,
      description: 'Decided. `operation` is null when nothing has to travel.',
      schema: z.object({ conflict, operation: orNull(operationRef) }),
    },
    async handle({ params: { conflictId }, body: { keep }, db, actor }) {
      const result = await resolveConflict(db, conflictId, keep, { actor });
      if (result.kind !== 'resolved') throw toConflictProblem(result);
      const { view, operation } = result;
      const audit = { changes: { field: view.field, keep } };
      return { ...accepted({ conflict: toConflictWire(view) }, operation), audit };
    },
  }),
];

/** Open ones come first, so a page's end names the group it ended in. */
const encodeEnd = ({ resolvedAt, createdAt, id }: { resolvedAt: Date | null; createdAt: Date; id: string }): string =>
  `${resolvedAt === null ? 'o' : 'r'}${encodeCursor({ at: createdAt, id })}`;

function decodeEnd(cursor: string | undefined) {
  const end = decodeCursor(cursor?.replace(/^[or]/, ''));
  return end === undefined ? undefined : { ...end, isOpen: cursor?.startsWith('o') === true };
}

function toConflictProblem(result: Exclude<ResolveResult, { kind: 'resolved' }>): Problem {
  switch (result.kind) {
    case 'unknown':
      return notFound('conflict');
    case 'stale':
      return new Problem(409, 'conflict.stale', 'the field was changed since; neither value stands there now', {
        errors: [{ path: 'current', message: JSON.stringify(result.current ?? null) }],
      });
    case 'superseded':
      return new Problem(
        409,
        'conflict.superseded',
        `both sides changed the field again: decide conflict ${result.byId}`,
      );
    case 'cancelled':
      return new Problem(409, 'event.cancelled', 'the event is cancelled; approve it first');
    case 'declined-stays':
      return new Problem(
        409,
        'conflict.declined_stays',
        'declined at Luma, not by us; a host can decide otherwise with a PATCH of the answer',
      );
    case 'not-writable':
      return new Problem(
        409,
        'conflict.not_writable',
        `Luma cannot be told "${result.status}"; a host can change it at Luma`,
      );
  }
}
