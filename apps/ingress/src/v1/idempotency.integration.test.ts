import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  await ingress.call('PUT', '/v1/events/party', eventBody);
});
const create = (name: string, key: string | undefined) =>
  ingress.call(
    'POST',
    '/v1/coupon-pools',
    { name, events: ['party'] },
    key === undefined ? {} : { 'idempotency-key': key },
  );

describe('Idempotency-Key', () => {
  it('a repeat gets the first answer, with its status and location, and changes nothing', async () => {
    const first = await create('once', 'key-1');
    const again = await create('once', 'key-1');
    expect(first).toMatchObject({ status: 201 });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('ten at once do the work once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('ten', 'key-10')));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    for (const { status, body } of answers) {
      expect([201, 409]).toContain(status);
      if (status === 409) expect(body.code).toBe('idempotency.in_progress');
    }
    expect(await ingress.db.couponPool.count({ where: { name: 'ten' } })).toBe(1);
  });

  it('another request under the same key is refused, another caller’s key is another key', async () => {
    await create('mine', 'key-2');
    expect(await create('other', 'key-2')).toMatchObject({ status: 422, body: { code: 'idempotency.mismatch' } });
    const authorization = `Bearer ${await ingress.keyWith(['write'])}`;
    const theirs = await ingress.call(
      'POST',
      '/v1/coupon-pools',
      { name: 'theirs', events: ['party'] },
      { 'idempotency-key': 'key-2', authorization },
    );
    expect(theirs.status).toBe(201);
  });

  it('a refused request leaves the key free', async () => {
    await create('taken', undefined);
    expect(await create('taken', 'key-3')).toMatchObject({ status: 409, body: { code: 'coupon_pool.name_taken' } });
    await ingress.db.couponPool.deleteMany({ where: { name: 'taken' } });
    expect(await create('taken', 'key-3')).toMatchObject({ status: 201 });
  });

  /** Guards against a request that waited in a frozen process, or on the way, and is carried out after newer ones. */
  it('an attempt that arrives late, after a newer answer of the same person, takes nothing back', async () => {
    const event = { title: 'Late', startsAt: '2035-05-01T18:00:00Z', endsAt: '2035-05-01T20:00:00Z', timezone: 'UTC' };
    await ingress.call('PUT', '/v1/events/late', event);
    const answer = (status: string, key?: string) =>
      ingress.call(
        'PUT',
        '/v1/events/late/rsvps/p1',
        { name: 'P', email: 'p1@example.org', status },
        key === undefined ? {} : { 'idempotency-key': key },
      );
    await answer('going', 'said-first');
    await answer('cancelled', 'said-next');
    const late = await answer('going', 'said-first');
    expect(late.headers.get('idempotency-replayed')).toBe('true');
    const read = () => ingress.call('GET', '/v1/events/late/rsvps/p1');
    expect((await read()).body).toMatchObject({ rsvp: { status: 'cancelled' } });
    // The control: without a key nobody can tell it from a new answer.
    await answer('going');
    expect((await read()).body).toMatchObject({ rsvp: { status: 'going' } });
  });

  it.each(['', 'two words', 'x'.repeat(201)])('refuses "%s" as a key', async (key) => {
    expect(await create('bad key', key)).toMatchObject({ status: 400, body: { code: 'idempotency.invalid_key' } });
  });
});
