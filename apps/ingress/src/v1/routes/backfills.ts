import { answerBackfillQuestion } from '@luma-sync/application';
import { orgBackfill } from '@luma-sync/jobs';
import {
  type BackfillPlanRecord,
  type Db,
  enqueueOperation,
  findBackfillPlan,
  listBackfillPlans,
  listBackfillQuestions,
  listBackfillSteps,
} from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, decodeNumberCursor, encodeCursor, encodeNumberCursor, toPage } from '../../http/cursor.js';
import { notFound, Problem } from '../../http/problem.js';
import { accepted, ok, route } from '../route.js';
import {
  answerInput,
  backfill,
  backfillInput,
  backfillQuestion,
  backfillStep,
  questionQuery,
} from '../schemas/backfill.js';
import { orNull, pageOf, pageQuery, uuid } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toBackfillStepWire, toBackfillWire, toQuestionWire } from '../wire/backfill-wire.js';
import { getCalendar, requireLumaKey } from './calendar-lookup.js';

const tag = 'Backfills';
const ofCalendar = z.strictObject({ calendarId: uuid });
const ofPlan = z.strictObject({ planId: uuid });
const page = z.strictObject(pageQuery);
const commanded = { status: 202, description: 'Asked for', schema: z.object({ operation: operationRef }) };
const endOf = ({ createdAt, id }: { createdAt: Date; id: string }) => encodeCursor({ at: createdAt, id });

export const backfillRoutes = [
  route({
    method: 'post',
    path: '/v1/calendars/{calendarId}/backfills',
    scopes: ['admin'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { action: 'backfill.plan' },
    tag,
    summary: 'Find which events at Luma are ours already, which have to be created there and which taken in',
    params: ofCalendar,
    body: backfillInput,
    answer: commanded,
    async handle({ params: { calendarId }, body, db, actor }) {
      requireLumaKey(await getCalendar(db, calendarId));
      const payload = { calendarId, planId: null, ...body };
      return accepted({}, await enqueueOperation(db, orgBackfill, payload, { trigger: 'manual', actor, calendarId }));
    },
  }),
  route({
    method: 'get',
    path: '/v1/calendars/{calendarId}/backfills',
    scopes: ['events:read'],
    subject: { kind: 'calendar', param: 'calendarId' },
    tag,
    summary: 'List a calendar’s plans, newest first',
    params: ofCalendar,
    query: page,
    answer: { status: 200, description: 'A page of plans', schema: pageOf(backfill) },
    async handle({ params: { calendarId }, query: { limit, cursor }, db }) {
      await getCalendar(db, calendarId);
      const rows = await listBackfillPlans(db, { calendarId, before: decodeCursor(cursor), limit: limit + 1 });
      return ok(toPage(rows, limit, toBackfillWire, endOf));
    },
  }),
  route({
    method: 'get',
    path: '/v1/backfills/{planId}',
    scopes: ['events:read'],
    subject: { kind: 'backfill', param: 'planId' },
    tag,
    summary: 'Read a plan and what it costs',
    params: ofPlan,
    answer: { status: 200, description: 'The plan', schema: z.object({ backfill }) },
    handle: async ({ params: { planId }, db }) => ok({ backfill: toBackfillWire(await getPlan(db, planId)) }),
  }),
  route({
    method: 'get',
    path: '/v1/backfills/{planId}/steps',
    scopes: ['events:read'],
    subject: { kind: 'backfill', param: 'planId' },
    tag,
    summary: 'Read what a plan does, step by step, with the exact requests',
    params: ofPlan,
    query: page,
    answer: { status: 200, description: 'A page of steps', schema: pageOf(backfillStep) },
    async handle({ params: { planId }, query: { limit, cursor }, db }) {
      await getPlan(db, planId);
      const after = decodeNumberCursor(cursor);
      const query = { after: after === null ? null : Number(after), limit: limit + 1 };
      const rows = await listBackfillSteps(db, planId, query);
      return ok(toPage(rows, limit, toBackfillStepWire, ({ position }) => encodeNumberCursor(BigInt(position))));
    },
  }),
  route({
    method: 'post',
    path: '/v1/backfills/{planId}/apply',
    scopes: ['admin'],
    subject: { kind: 'backfill', param: 'planId' },
    audit: { action: 'backfill.apply' },
    tag,
    summary: 'Carry a plan out: exactly its requests, or nothing when the world has changed since',
    params: ofPlan,
    answer: commanded,
    async handle({ params: { planId }, db, actor }) {
      const { calendarId, state } = await getPlan(db, planId);
      if (state === 'applied' || state === 'stale')
        throw new Problem(409, 'backfill.over', `this plan is ${state}; make a new one`);
      const payload = { calendarId, planId, apply: true, startsAfter: null };
      return accepted({}, await enqueueOperation(db, orgBackfill, payload, { trigger: 'manual', actor, calendarId }));
    },
  }),
  route({
    method: 'get',
    path: '/v1/backfill-questions',
    scopes: ['events:read'],
    tag,
    summary: 'List pairs of events that may be the same, newest first',
    query: questionQuery,
    answer: { status: 200, description: 'A page of questions', schema: pageOf(backfillQuestion) },
    async handle({ query: { limit, cursor, ...filter }, db, caller: { reach } }) {
      const query = { ...filter, reach, before: decodeCursor(cursor), limit: limit + 1 };
      return ok(toPage(await listBackfillQuestions(db, query), limit, toQuestionWire, endOf));
    },
  }),
  route({
    method: 'post',
    path: '/v1/backfill-questions/{questionId}/answer',
    scopes: ['events:write'],
    subject: { kind: 'backfill_question', param: 'questionId' },
    audit: { action: 'backfill_question.answer' },
    tag,
    summary: 'Say whether two events are the same; they are tied, or ours is created, at once',
    params: z.strictObject({ questionId: uuid }),
    body: answerInput,
    answer: {
      status: 202,
      description: 'Kept. `operation` ties the two, or creates our event; null while something else is asked about it',
      schema: z.object({ question: backfillQuestion, operation: orNull(operationRef) }),
    },
    async handle({ params: { questionId }, body: { answer }, db, actor }) {
      const result = await answerBackfillQuestion(db, questionId, { answer, actor });
      switch (result.kind) {
        case 'answered':
          return {
            ...accepted({ question: toQuestionWire(result.question) }, result.operation),
            audit: { calendarId: result.question.calendarId, changes: { eventId: result.question.eventId, answer } },
          };
        case 'unknown':
          throw notFound('backfill_question');
        case 'too-late':
          throw new Problem(409, 'backfill_question.too_late', 'one of the two is tied to another event by now');
      }
    },
  }),
];

async function getPlan(db: Db, planId: string): Promise<BackfillPlanRecord> {
  const found = await findBackfillPlan(db, planId);
  if (found === null) throw notFound('backfill');
  return found;
}
