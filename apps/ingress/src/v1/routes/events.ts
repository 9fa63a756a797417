import { findEventIdByKey, findEventView, listEvents, putEvent } from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { event, eventInput, eventQuery, mailOutlook } from '../schemas/event.js';
import { key, pageOf } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toEventWire } from '../wire/to-wire.js';
import { toEventProblem } from './event-problems.js';

export const eventParams = z.strictObject({ externalId: key });
const tag = 'Events';
const changed = z.object({
  event,
  operation: operationRef.nullable(),
  mail: mailOutlook.nullable().meta({ description: 'Null when the edit holds nothing Luma mails about.' }),
});

export const eventRoutes = [
  route({
    method: 'put',
    path: '/v1/events/{externalId}',
    scope: 'write',
    tag,
    summary: 'Create or replace an event; when it is approved it is pushed to Luma',
    params: eventParams,
    body: eventInput,
    answer: { status: 202, description: 'Stored. `operation` is null when there is nothing to push.', schema: changed },
    async handle({ params, body, db, actor }) {
      const { description, location, ...rest } = body;
      const input = {
        ...rest,
        descriptionMd: description,
        location: location ?? { type: 'tbd' as const, name: null, address: null, lat: null, lng: null },
      };
      const result = await putEvent(db, params.externalId, input, actor);
      if (result.kind !== 'stored') throw toEventProblem(result);
      return accepted({ event: toEventWire(result.view), mail: result.mail }, result.operation);
    },
  }),
  route({
    method: 'get',
    path: '/v1/events/{externalId}',
    scope: 'read',
    tag,
    summary: 'Read an event and how it stands with Luma',
    params: eventParams,
    answer: { status: 200, description: 'The event', schema: z.object({ event }) },
    async handle({ params, db }) {
      const id = await findEventIdByKey(db, params.externalId);
      const view = id === null ? null : await findEventView(db, id);
      if (view === null) throw notFound('event');
      return ok({ event: toEventWire(view) });
    },
  }),
  route({
    method: 'get',
    path: '/v1/events',
    scope: 'read',
    tag,
    summary: 'List events by calendar, organization, time window and state, earliest first',
    query: eventQuery,
    answer: { status: 200, description: 'A page of events', schema: pageOf(event) },
    async handle({ query: { limit, cursor, ...filter }, db }) {
      const views = await listEvents(db, { ...filter, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(views, limit, toEventWire, ({ event: { startsAt, id } }) => encodeCursor({ at: startsAt, id })));
    },
  }),
];
