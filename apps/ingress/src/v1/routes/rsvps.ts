import { decideRsvp, type PutRsvpResult, putRsvp } from '@luma-sync/application';
import {
  type Db,
  findEmailRequiredText,
  findEventIdByKey,
  findPersonByKey,
  findRsvpView,
  listRsvps,
} from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { type Answer, accepted, ok, route } from '../route.js';
import { key, orNull, pageOf } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { EMAIL_REQUIRED, rsvp, rsvpDecision, rsvpInput, rsvpInputKnowing, rsvpQuery } from '../schemas/rsvp.js';
import type { GivenOut } from '../take-back.js';
import { toRsvpWire } from '../wire/to-wire.js';
import { eventParams } from './events.js';

const tag = 'RSVPs';
export const rsvpParams = z.strictObject({ externalId: key, personId: key });
const answer = {
  status: 202,
  description: 'Stored. `operation` is null when there is nothing to tell Luma.',
  schema: z.object({ rsvp, operation: orNull(operationRef) }),
};

export const rsvpRoutes = [
  route({
    method: 'put',
    path: '/v1/events/{externalId}/rsvps/{personId}',
    scopes: ['events:write', 'people:read'],
    furtherScopes: [
      { scope: 'mail', when: 'to let Luma mail the person; without it the answer is sent so that nobody is mailed' },
    ],
    subject: { kind: 'event', param: 'externalId' },
    audit: { none: 'apps do this all day; the timeline names who and what' },
    tag,
    summary: 'Set a person’s answer; repeating it takes back nothing that a host decided since',
    params: rsvpParams,
    body: rsvpInput,
    answer,
    takesBack: { read: readGivenOut, bodyKnowing: rsvpInputKnowing },
    async handle({ params, body, db, actor, caller }, { erased }) {
      const email = body.email ?? (await refuseWithoutEmail(db, params.externalId));
      const input = { ...body, email };
      return toAnswer(
        await putRsvp(db, { eventKey: params.externalId, personKey: params.personId }, input, actor, {
          mayMail: caller.can('mail'),
          erased,
        }),
      );
    },
  }),
  route({
    method: 'patch',
    path: '/v1/events/{externalId}/rsvps/{personId}',
    scopes: ['events:write', 'people:read'],
    furtherScopes: [
      { scope: 'mail', when: 'to let Luma mail the person; without it the answer is sent so that nobody is mailed' },
    ],
    subject: { kind: 'event', param: 'externalId' },
    audit: { none: 'apps do this all day; the timeline names who and what' },
    tag,
    summary: 'Decide as a host on an answer that exists',
    params: rsvpParams,
    body: rsvpDecision,
    answer,
    handle: async ({ params, body, db, actor, caller }) =>
      toAnswer(
        await decideRsvp(db, { eventKey: params.externalId, personKey: params.personId }, body.status, actor, {
          mayMail: caller.can('mail'),
        }),
      ),
  }),
  route({
    method: 'get',
    path: '/v1/events/{externalId}/rsvps/{personId}',
    scopes: ['people:read'],
    subject: { kind: 'event', param: 'externalId' },
    tag,
    summary: 'Read a person’s answer',
    params: rsvpParams,
    answer: { status: 200, description: 'The answer', schema: z.object({ rsvp }) },
    async handle({ params, db }) {
      const eventId = await findEventIdByKey(db, params.externalId);
      if (eventId === null) throw notFound('event');
      const person = await findPersonByKey(db, params.personId);
      const view = person === null ? null : await findRsvpView(db, eventId, person.id);
      if (view === null) throw notFound('rsvp');
      return ok({ rsvp: toRsvpWire(view) });
    },
  }),
  route({
    method: 'get',
    path: '/v1/events/{externalId}/rsvps',
    scopes: ['people:read'],
    subject: { kind: 'event', param: 'externalId' },
    tag,
    summary: 'List the answers to an event, in the order they were first given',
    params: eventParams,
    query: rsvpQuery,
    answer: { status: 200, description: 'A page of answers', schema: pageOf(rsvp) },
    async handle({ params, query: { limit, cursor, ...filter }, db }) {
      const eventId = await findEventIdByKey(db, params.externalId);
      if (eventId === null) throw notFound('event');
      const views = await listRsvps(db, eventId, { ...filter, after: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(views, limit, toRsvpWire, ({ rsvp: { createdAt, id } }) => encodeCursor({ at: createdAt, id })));
    },
  }),
];

/** No route changes them. */
const FIXED = ['personId', 'externalId', 'origin'];

async function readGivenOut({
  params: { externalId, personId },
  db,
}: {
  params: z.output<typeof rsvpParams>;
  db: Db;
}): Promise<GivenOut | null> {
  const eventId = await findEventIdByKey(db, externalId);
  const person = eventId === null ? null : await findPersonByKey(db, personId);
  const view = eventId === null || person === null ? null : await findRsvpView(db, eventId, person.id);
  if (view === null) return null;
  const shown = toRsvpWire(view);
  const { name, email, emailVerified, phone, status } = shown;
  return { shown, known: { name, email, emailVerified, phone, status }, fixed: FIXED };
}

/** @throws {Problem} 422 `rsvp.email_required`, in the words of the event's calendar. */
async function refuseWithoutEmail(db: Db, eventKey: string): Promise<never> {
  const message = (await findEmailRequiredText(db, eventKey)) ?? EMAIL_REQUIRED;
  throw new Problem(422, 'rsvp.email_required', message, { errors: [{ path: 'email', message }] });
}

function toAnswer(result: PutRsvpResult): Answer {
  switch (result.kind) {
    case 'stored':
      return accepted({ rsvp: toRsvpWire(result.view) }, result.operation);
    case 'unknown-event':
      throw notFound('event');
    case 'unknown-rsvp':
      throw notFound('rsvp');
    case 'event-cancelled':
      throw new Problem(409, 'event.cancelled', 'the event is cancelled');
    case 'person-erased':
      throw new Problem(
        409,
        'person.erased',
        'the person with this mail address was erased; only a verified address brings them back',
        {
          errors: [{ path: 'emailVerified', message: 'must be true for a person who was erased' }],
        },
      );
    case 'declined-at-luma':
      throw new Problem(
        409,
        'rsvp.declined_at_luma',
        'this guest was declined or taken off at Luma, by themselves or by a host there; a host can decide ' +
          'otherwise (PATCH)',
        { errors: [{ path: 'status', message: 'declined at Luma' }] },
      );
    case 'email-taken':
      throw new Problem(409, 'person.email_taken', 'this mail address belongs to another person', {
        errors: [{ path: 'email', message: 'belongs to another person' }],
      });
  }
}
