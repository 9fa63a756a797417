import { confirmHeldMails, discardHeldMails, type HeldMailsResult } from '@luma-sync/application';
import { type HeldMails, listHeldMails } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound } from '../../http/problem.js';
import { type Answer, accepted, ok, route } from '../route.js';
import { orNull, pageOf } from '../schemas/fields.js';
import { type HeldMailsWire, heldMails, heldMailsConfirmation, heldMailsQuery } from '../schemas/held-mails.js';
import { operationRef } from '../schemas/operation.js';
import { toInstantText } from '../wire/instant-text.js';
import { confirmationRequired } from './event-problems.js';
import { eventParams } from './events.js';

const tag = 'Mails';

export const heldMailRoutes = [
  route({
    method: 'get',
    path: '/v1/held-mails',
    scopes: ['events:read'],
    tag,
    summary: 'List events of which mails were held back, the one that waits longest first',
    query: heldMailsQuery,
    answer: { status: 200, description: 'A page of events', schema: pageOf(heldMails) },
    async handle({ query: { limit, cursor, calendarId }, db, caller: { reach } }) {
      const query = { calendarId, reach, after: decodeCursor(cursor), limit: limit + 1 };
      const rows = await listHeldMails(db, query);
      return ok(toPage(rows, limit, toWire, ({ since, eventId }) => encodeCursor({ at: since, id: eventId })));
    },
  }),
  route({
    method: 'post',
    path: '/v1/events/{externalId}/held-mails/confirm',
    scopes: ['mail'],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'held_mails.confirm', subjectType: 'event' },
    tag,
    summary: 'Let Luma mail the people whose mail was held back, each once',
    params: eventParams,
    body: heldMailsConfirmation,
    answer: {
      status: 202,
      description: 'Confirmed. `recipients` is 0 and `operation` null where nothing is held (any more).',
      schema: z.object({ recipients: z.number().int(), operation: orNull(operationRef) }),
    },
    handle: async ({ params, body: { confirmRecipients: recipients }, db, actor }) =>
      toAnswer(await confirmHeldMails(db, params.externalId, { actor, recipients })),
  }),
  route({
    method: 'post',
    path: '/v1/events/{externalId}/held-mails/discard',
    scopes: ['mail'],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'held_mails.discard', subjectType: 'event' },
    tag,
    summary: 'Mail nobody of those whose mail was held back, for good',
    params: eventParams,
    answer: {
      status: 202,
      description: 'Discarded. `recipients` is how many people will not be mailed.',
      schema: z.object({ recipients: z.number().int(), operation: orNull(operationRef) }),
    },
    handle: async ({ params, db, actor }) => toAnswer(await discardHeldMails(db, params.externalId, actor)),
  }),
];

function toAnswer(result: HeldMailsResult): Answer {
  if (result.kind === 'unknown') throw notFound('event');
  if (result.kind === 'confirm-recipients') throw confirmationRequired(result.recipients, 'known_guests');
  const { eventId, calendarId, recipients, operation } = result;
  const audit = { subject: eventId, calendarId, changes: { recipients } };
  return { ...accepted({ recipients }, operation), audit };
}

const toWire = ({ eventId, externalId, title, calendarId, held, confirmed, since }: HeldMails): HeldMailsWire => ({
  eventId,
  event: externalId ?? eventId,
  title,
  calendarId,
  held,
  confirmed,
  since: toInstantText(since),
});
