import { beforeAll, describe, expect, it } from '@jest/globals';
import { createBackfillStore, type NewBackfillStep } from '@luma-sync/store';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

const path = () => `/v1/calendars/${ingress.calendarId}/backfills`;
const operationOf = async (location: string | null) =>
  ingress.db.operation.findUniqueOrThrow({ where: { id: location?.split('/').at(-1) ?? '' } });

async function storePlan(change: { steps?: NewBackfillStep[]; eventId?: string; calendarId?: string } = {}) {
  const { eventId, steps = [], calendarId = ingress.calendarId } = change;
  const shown = { title: 'Drum circle', startsAt: '2027-01-05T12:30:00.000Z', url: 'https://luma.com/abcd1234' };
  return createBackfillStore(ingress.db).storePlan({
    calendarId,
    actor: 'operator',
    startsAfter: new Date(),
    fingerprint: 'f',
    perMinute: 190,
    compared: 3,
    steps,
    questions: eventId === undefined ? [] : [{ eventId, lumaEventId: 'evt-1', reason: 'several_fit', shown }],
  });
}

const STEP: NewBackfillStep = {
  kind: 'import',
  eventId: null,
  lumaEventId: 'evt-9',
  mergesEventId: null,
  matchedBy: null,
  basis: 'b',
  sends: [],
  takes: [],
  requests: ['GET /v1/events/get'],
};

describe('backfills', () => {
  it('are only planned unless asked otherwise', async () => {
    const { status, headers } = await ingress.call('POST', path());
    expect(status).toBe(202);
    expect(await operationOf(headers.get('location'))).toMatchObject({
      job: 'org.backfill',
      payload: { calendarId: ingress.calendarId, planId: null, apply: false, startsAfter: null },
    });
    const later = await ingress.call('POST', path(), { apply: true, startsAfter: '2026-01-01T00:00:00+05:30' });
    expect(await operationOf(later.headers.get('location'))).toMatchObject({
      payload: { apply: true, startsAfter: '2025-12-31T18:30:00.000Z' },
    });
    expect(await ingress.call('POST', path(), { aply: true })).toMatchObject({ status: 422 });
    expect(await ingress.call('POST', `/v1/calendars/${crypto.randomUUID()}/backfills`)).toMatchObject({ status: 404 });
  });

  it('show what they cost and every request, page by page', async () => {
    const steps = Array.from({ length: 5 }, (_, n) => ({ ...STEP, lumaEventId: `evt-${n}` }));
    const { id } = await storePlan({ steps });
    const { body } = await ingress.call('GET', `/v1/backfills/${id}`);
    expect(body.backfill).toMatchObject({
      id,
      state: 'planned',
      compared: 3,
      cost: { requests: 5, perMinute: 190, minutes: 0.1 },
    });
    expect(body.backfill).not.toHaveProperty('fingerprint');
    const first = await ingress.call('GET', `/v1/backfills/${id}/steps?limit=3`);
    const rest = await ingress.call('GET', `/v1/backfills/${id}/steps?limit=3&cursor=${first.body.nextCursor}`);
    expect([...first.body.data, ...rest.body.data].map((step) => step.lumaEventId)).toEqual(
      steps.map((step) => step.lumaEventId),
    );
    expect(rest.body.nextCursor).toBeNull();
    const newest = await ingress.call('GET', `${path()}?limit=1`);
    expect(newest.body.data[0].id).toBe(id);
  });

  it('are carried out on a word, once', async () => {
    const { id } = await storePlan({ steps: [STEP] });
    const { headers } = await ingress.call('POST', `/v1/backfills/${id}/apply`);
    expect(await operationOf(headers.get('location'))).toMatchObject({ payload: { planId: id } });
    await ingress.db.backfillPlan.update({ where: { id }, data: { state: 'applied' } });
    expect(await ingress.call('POST', `/v1/backfills/${id}/apply`)).toMatchObject({
      status: 409,
      body: { code: 'backfill.over' },
    });
    expect(await ingress.call('GET', `/v1/backfills/${crypto.randomUUID()}`)).toMatchObject({
      status: 404,
      body: { code: 'backfill.unknown' },
    });
  });

  it('take an admin’s key', async () => {
    const key = await ingress.keyWith(['write']);
    expect(await ingress.call('POST', path(), {}, { authorization: `Bearer ${key}` })).toMatchObject({ status: 403 });
  });
});

describe('questions of a backfill', () => {
  it('are listed with both events, answered, and then asked no more', async () => {
    const put = await ingress.call('PUT', '/v1/events/in-doubt', eventBody);
    const eventId = put.body.event.id;
    await storePlan({ eventId });
    const open = () => ingress.call('GET', `/v1/backfill-questions?state=open&calendarId=${ingress.calendarId}`);
    const [question] = (await open()).body.data;
    expect(question).toMatchObject({
      reason: 'several_fit',
      event: { id: eventId, externalId: 'in-doubt', title: 'Drum circle' },
      luma: { eventId: 'evt-1', title: 'Drum circle', url: 'https://luma.com/abcd1234' },
      answer: null,
    });
    const answer = (body: object) => ingress.call('POST', `/v1/backfill-questions/${question.id}/answer`, body);
    expect(await answer({ answer: 'maybe' })).toMatchObject({ status: 422 });
    const linked = await answer({ answer: 'link' });
    expect(linked).toMatchObject({
      status: 202,
      body: { question: { answer: 'link', answeredBy: 'app' }, operation: { state: 'queued' } },
    });
    expect(await operationOf(linked.headers.get('location'))).toMatchObject({
      job: 'event.push',
      actor: 'app',
      payload: { eventId },
    });
    expect((await open()).body.data).toEqual([]);
    expect((await ingress.call('GET', '/v1/backfill-questions?state=answered')).body.data).toHaveLength(1);
    // A plan that doubts the same again does not ask the same again.
    await storePlan({ eventId });
    expect((await open()).body.data).toEqual([]);
  });

  it('can be answered no more when one of the two is tied', async () => {
    const { body } = await ingress.call('PUT', '/v1/events/tied', eventBody);
    await storePlan({ eventId: body.event.id });
    const question = await ingress.db.backfillQuestion.findFirstOrThrow({ where: { eventId: body.event.id } });
    await ingress.db.eventLink.create({
      data: { eventId: body.event.id, calendarId: ingress.calendarId, lumaEventId: 'evt-7', state: 'synced' },
    });
    expect(
      await ingress.call('POST', `/v1/backfill-questions/${question.id}/answer`, { answer: 'keep_apart' }),
    ).toMatchObject({ status: 409, body: { code: 'backfill_question.too_late' } });
    expect(
      await ingress.call('POST', `/v1/backfill-questions/${crypto.randomUUID()}/answer`, { answer: 'link' }),
    ).toMatchObject({ status: 404, body: { code: 'backfill_question.unknown' } });
  });
});
