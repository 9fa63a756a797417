import { cancelEvent, requestLumaCancellation } from '@luma-sync/application';
import {
  type Database,
  findCalendarAccess,
  findEventIdByKey,
  findEventView,
  retryingTransaction,
  type Tx,
} from '@luma-sync/store';
import { z } from 'zod';
import { notFound, Problem } from '../../http/problem.js';
import type { CancellationPreview } from '../../luma/cancellation-preview.js';
import { type Answer, type AuditWord, accepted, type Caller, type RouteRequest, route, type V1Deps } from '../route.js';
import { cancelInput, event } from '../schemas/event.js';
import { orNull } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toEventWire } from '../wire/to-wire.js';
import { toEventAudit } from './event-audit.js';
import { confirmationRequired, toEventProblem } from './event-problems.js';
import { eventParams } from './events.js';

const tag = 'Events';
const answer = {
  status: 202,
  description: 'Done, or asked for. `operation` is null when the event was so already.',
  schema: z.object({ event, operation: orNull(operationRef) }),
};

export const eventCancelRoutes = [
  route({
    method: 'post',
    path: '/v1/events/{externalId}/cancel',
    scopes: ['events:write'],
    furtherScopes: [
      { scope: 'irreversible', when: 'for mode `cancel`', applies: ({ mode }) => mode === 'cancel' },
      { scope: 'mail', when: 'for mode `cancel`, which mails every guest', applies: ({ mode }) => mode === 'cancel' },
    ],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'event.cancel' },
    tag,
    summary:
      'Cancel an event. `hide` makes it private at Luma; `soft` renames it and closes its registration too; ' +
      'both mail nobody, and approving the event undoes them. `cancel` is Luma’s own: it mails every guest and ' +
      'deletes the event there, and needs their number',
    params: eventParams,
    body: cancelInput,
    isSlow: true,
    answer,
    handle: (request, deps) =>
      request.body.mode === 'cancel' ? cancelForGood(request, deps) : cancelInTransaction(request, request.body.mode),
  }),
  route({
    method: 'delete',
    path: '/v1/events/{externalId}',
    scopes: ['events:write'],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'event.cancel' },
    tag,
    summary: 'The same as cancel with mode `hide`',
    params: eventParams,
    answer,
    handle: (request) => cancelQuietly(request, 'hide'),
  }),
];

type CancelRequest = RouteRequest<z.output<typeof eventParams>, unknown, z.output<typeof cancelInput>, Database>;

type QuietRequest = Pick<CancelRequest, 'params' | 'actor' | 'caller'> & { db: Tx };

async function cancelQuietly({ params, db, actor, caller }: QuietRequest, mode: 'hide' | 'soft'): Promise<Answer> {
  return toAnswer(await cancelEvent(db, params.externalId, { actor, mode }), caller, { mode });
}

/** The route is slow for the sake of the other mode, so this one sees to its transaction itself. */
function cancelInTransaction(request: CancelRequest, mode: 'hide' | 'soft'): Promise<Answer> {
  return retryingTransaction(request.db, async (tx) => {
    const answer = await cancelQuietly({ ...request, db: tx }, mode);
    await request.audit(tx, answer.audit ?? {});
    return answer;
  });
}

/** Luma is asked how many guests it would mail, every time: what counts is its number, not ours. */
async function cancelForGood({ params, body, db, actor, caller, audit }: CancelRequest, deps: V1Deps): Promise<Answer> {
  const { guests, isPaid } = await previewCancellation(db, params.externalId, deps);
  const { confirmRecipients: confirmed } = body;
  if (confirmed === undefined || confirmed < guests) throw confirmationRequired(guests, 'luma', { isPaid });
  if (isPaid && body.refund === undefined) {
    throw new Problem(422, 'event.refund_undecided', 'the event has paid guests; nothing was done', {
      errors: [{ path: 'refund', message: 'say whether they get their money back' }],
    });
  }
  const command = { actor, guests: confirmed, refund: isPaid ? (body.refund ?? null) : null };
  return retryingTransaction(db, async (tx) => {
    const result = await requestLumaCancellation(tx, params.externalId, command);
    const answer = toAnswer(result, caller, { mode: 'cancel', guests, refund: command.refund });
    await audit(tx, answer.audit ?? {});
    return answer;
  });
}

async function previewCancellation(
  db: Database,
  key: string,
  { keyring, previewCancellation: preview }: V1Deps,
): Promise<CancellationPreview> {
  const id = await findEventIdByKey(db, key);
  const view = id === null ? null : await findEventView(db, id);
  if (view === null) throw notFound('event');
  const { event: found, link } = view;
  if (found.ownership === 'referenced' || found.source === 'ical') throw toEventProblem({ kind: 'read-only' });
  if (found.cancelMode === 'cancel') throw toEventProblem({ kind: 'cancelled-for-good' });
  if (link === null || link.lumaEventId === null || link.state === 'source_deleted')
    throw toEventProblem({ kind: 'not-linked' });
  const access = await findCalendarAccess(db, keyring, link.calendarId);
  if (access === null) throw notFound('calendar');
  const shown = await preview(access, link.lumaEventId);
  if (shown.kind === 'refused') throw new Problem(502, shown.code, shown.reason);
  return shown.value;
}

function toAnswer(
  result: Awaited<ReturnType<typeof cancelEvent>>,
  caller: Caller,
  changes: AuditWord['changes'],
): Answer {
  if (result.kind !== 'done') throw toEventProblem(result);
  const { view, operation } = result;
  return { ...accepted({ event: toEventWire(view, caller) }, operation), audit: toEventAudit(view, changes) };
}
