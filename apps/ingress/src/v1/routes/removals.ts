import { answerRemovalQuestion } from '@luma-sync/application';
import {
  findEventIdByKey,
  findEventKeys,
  findPersonByKey,
  findRsvpView,
  getRsvpView,
  listRemovalQuestions,
  restoreGuest,
} from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import { orNull, pageOf, uuid } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { removalAnswerInput, removalQuestion, removalQuestionQuery } from '../schemas/removal.js';
import { rsvp } from '../schemas/rsvp.js';
import { toRemovalQuestionWire } from '../wire/removal-wire.js';
import { toRsvpWire } from '../wire/to-wire.js';
import { rsvpParams } from './rsvps.js';

const tag = 'Removals';

export const removalRoutes = [
  route({
    method: 'get',
    path: '/v1/removal-questions',
    scopes: ['events:read'],
    tag,
    summary: 'List what a person was asked because too much was missing at Luma at once, newest first',
    query: removalQuestionQuery,
    answer: { status: 200, description: 'A page of questions', schema: pageOf(removalQuestion) },
    async handle({ query: { limit, cursor, state }, db, caller: { reach } }) {
      const rows = await listRemovalQuestions(db, { state, reach, after: decodeCursor(cursor), limit: limit + 1 });
      const keys = await findEventKeys(
        db,
        rows.filter(({ recordType }) => recordType === 'rsvp').map(({ scopeId }) => scopeId),
      );
      const toWire = (row: (typeof rows)[number]) => toRemovalQuestionWire(row, keys);
      return ok(toPage(rows, limit, toWire, ({ createdAt, id }) => encodeCursor({ at: createdAt, id })));
    },
  }),
  route({
    method: 'post',
    path: '/v1/removal-questions/{questionId}/answer',
    scopes: ['events:write'],
    subject: { kind: 'removal_question', param: 'questionId' },
    audit: { action: 'removal_question.answer' },
    tag,
    summary:
      'Say what so many missing records mean: `remove` reads each once more and removes what is gone, `keep` ' +
      'leaves them',
    params: z.strictObject({ questionId: uuid }),
    body: removalAnswerInput,
    answer: {
      status: 202,
      description: 'Answered. `operation` is the listing that carries out `remove`, null for `keep`.',
      schema: z.object({ question: removalQuestion, operation: orNull(operationRef) }),
    },
    async handle({ params, body, db, actor }) {
      const result = await answerRemovalQuestion(db, params.questionId, { answer: body.answer, actor });
      if (result.kind === 'unknown') throw notFound('removal_question');
      if (result.kind === 'not-open') {
        const what = result.question.answer === null ? 'the records are there again' : 'it was answered already';
        throw new Problem(409, 'removal_question.not_open', `the question is not open: ${what}`);
      }
      const { question, operation } = result;
      const keys = await findEventKeys(db, question.recordType === 'rsvp' ? [question.scopeId] : []);
      const { recordType, scopeId, missing } = question;
      const audit = { changes: { recordType, scopeId, missing, answer: body.answer } };
      return { ...accepted({ question: toRemovalQuestionWire(question, keys) }, operation), audit };
    },
  }),
  route({
    method: 'post',
    path: '/v1/events/{externalId}/rsvps/{personId}/restore',
    scopes: ['events:write', 'people:read'],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'rsvp.restore', subjectType: 'event' },
    tag,
    summary: 'Undo a removal: the answer is what it was, nothing is sent to Luma',
    params: rsvpParams,
    answer: { status: 200, description: 'As it is now', schema: z.object({ rsvp }) },
    async handle({ params, db, actor }) {
      const eventId = await findEventIdByKey(db, params.externalId);
      if (eventId === null) throw notFound('event');
      const person = await findPersonByKey(db, params.personId);
      const view = person === null ? null : await findRsvpView(db, eventId, person.id);
      if (view === null) throw notFound('rsvp');
      const restored = await restoreGuest(db, view.rsvp.id, actor);
      if (restored.kind === 'not-removed')
        throw new Problem(409, 'rsvp.not_removed', 'the guest was not removed, or answered since');
      const rsvp = toRsvpWire(await getRsvpView(db, eventId, view.person.id));
      return { ...ok({ rsvp }), audit: { subject: eventId, changes: { rsvpId: view.rsvp.id } } };
    },
  }),
];
