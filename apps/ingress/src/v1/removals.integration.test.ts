import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
let eventId: string;
beforeAll(async () => {
  ingress = await openIngress();
  eventId = (await ingress.call('PUT', '/v1/events/drums', eventBody)).body.event.id;
  await ingress.db.eventLink.create({
    data: { eventId, calendarId: ingress.calendarId, lumaEventId: 'evt-1', state: 'synced' },
  });
});

const ask = (recordType: 'rsvp' | 'event', scopeId: string) =>
  ingress.db.removalQuestion.create({ data: { recordType, scopeId, missing: 6, total: 40, recordIds: [] } });
const answer = (id: string, body: object) => ingress.call('POST', `/v1/removal-questions/${id}/answer`, body);

describe('/v1/removal-questions', () => {
  it('lists what waits for a person, and takes yes: what is gone is looked for once more', async () => {
    const { id } = await ask('rsvp', eventId);
    const open = await ingress.call('GET', '/v1/removal-questions?state=open');
    expect(open.body.data).toMatchObject([
      { id, recordType: 'rsvp', event: 'drums', calendarId: null, missing: 6, total: 40, state: 'open', answer: null },
    ]);
    const answered = await answer(id, { answer: 'remove' });
    expect(answered).toMatchObject({ status: 202, body: { question: { state: 'answered', answeredBy: 'app' } } });
    expect((await ingress.call('GET', answered.headers.get('location') ?? '')).body.operation).toMatchObject({
      job: 'guest.pull',
      eventId,
    });
    expect(await answer(id, { answer: 'keep' })).toMatchObject({
      status: 409,
      body: { code: 'removal_question.not_open' },
    });
    expect((await ingress.call('GET', '/v1/removal-questions?state=open')).body.data).toEqual([]);
    const story = await ingress.call('GET', '/v1/events/drums/timeline');
    expect(JSON.stringify(story.body.data)).toContain('6 of 40 guests are missing at Luma');
  });

  it('takes no: nothing is asked for', async () => {
    const { id } = await ask('event', ingress.calendarId);
    expect(await answer(id, { answer: 'keep' })).toMatchObject({
      status: 202,
      body: { operation: null, question: { state: 'settled', calendarId: ingress.calendarId, event: null } },
    });
  });

  it('refuses what is no answer, and answers to nothing', async () => {
    expect((await answer(crypto.randomUUID(), { answer: 'keep' })).body.code).toBe('removal_question.unknown');
    const { id } = await ask('event', crypto.randomUUID());
    expect(await answer(id, { answer: 'perhaps' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'answer' }] },
    });
    const reader = await ingress.keyWith(['read']);
    const refused = await ingress.call(
      'POST',
      `/v1/removal-questions/${id}/answer`,
      { answer: 'keep' },
      {
        authorization: `Bearer ${reader}`,
      },
    );
    expect(refused.status).toBe(403);
  });
});

describe('POST /v1/events/{externalId}/rsvps/{personId}/restore', () => {
  const restore = (person: string) => ingress.call('POST', `/v1/events/drums/rsvps/${person}/restore`);

  it('makes the answer what it was, once', async () => {
    await ingress.call('PUT', '/v1/events/drums/rsvps/ann', { name: 'A', email: 'a@example.org', status: 'going' });
    const rsvp = await ingress.db.rsvp.findFirstOrThrow({ where: { eventId } });
    expect(await restore('ann')).toMatchObject({ status: 409, body: { code: 'rsvp.not_removed' } });
    await ingress.db.rsvp.update({ where: { id: rsvp.id }, data: { status: 'rejected' } });
    await ingress.db.rsvpLink.update({ where: { rsvpId: rsvp.id }, data: { state: 'removed' } });
    const at = new Date();
    const before = { status: 'going', base: null, decidedBy: 'us', revision: 1 };
    await ingress.db.absence.create({
      data: {
        recordType: 'rsvp',
        recordId: rsvp.id,
        scopeId: eventId,
        firstMissingAt: at,
        lastMissingAt: at,
        removedAt: at,
        before,
      },
    });
    expect(await restore('ann')).toMatchObject({
      status: 200,
      body: { rsvp: { status: 'going', sync: { state: 'synced' } } },
    });
    expect((await restore('ann')).status).toBe(409);
    expect((await restore('nobody')).status).toBe(404);
  });
});
