import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  await ingress.call('PUT', '/v1/events/party', eventBody);
});
const create = (body: object, headers = {}) => ingress.call('POST', '/v1/coupon-pools', body, headers);
const importCsv = (pool: string, csv: string, headers = {}) =>
  ingress.call('POST', `/v1/coupon-pools/${pool}/imports`, csv, { 'content-type': 'text/csv', ...headers });

describe('coupon pools', () => {
  it('are made for events by the app’s ids and filled from CSV', async () => {
    const made = await create({ name: 'Welcome', events: ['party'], calendarId: ingress.calendarId });
    expect(made).toMatchObject({
      status: 201,
      body: { pool: { name: 'Welcome', events: ['party'], calendarId: ingress.calendarId } },
    });
    const { id } = made.body.pool;
    expect(made.headers.get('location')).toBe(`/v1/coupon-pools/${id}`);
    expect(await importCsv(id, 'code\nA1\nB2\nA1\n,\n', { 'content-type': 'text/csv; charset=utf-8' })).toMatchObject({
      status: 200,
      body: { imported: 2, duplicates: 1, invalid: [{ line: 5, reason: 'the line holds no code' }] },
    });
    expect(await importCsv(id, 'A1\nC3\n')).toMatchObject({ body: { imported: 1, duplicates: 1, invalid: [] } });
    const counts = { codes: 3, available: 3, assigned: 0, mailed: 0, waiting: 0 };
    expect((await ingress.call('GET', '/v1/coupon-pools')).body.data).toMatchObject([{ id, counts }]);
    expect((await ingress.call('GET', `/v1/coupon-pools/${id}`)).body.pool).toMatchObject({ id, counts });
  });

  it('an import that is repeated with its key gets the first answer', async () => {
    const { id } = (await create({ name: 'Repeated', events: ['party'] })).body.pool;
    const key = { 'idempotency-key': 'import-1' };
    const first = await importCsv(id, 'A1\n', key);
    const again = await importCsv(id, 'A1\n', key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await importCsv(id, 'B2\n', key)).toMatchObject({ status: 422, body: { code: 'idempotency.mismatch' } });
  });

  it('refusals', async () => {
    await create({ name: 'Taken', events: ['party'] });
    expect(await create({ name: 'Taken', events: ['party'] })).toMatchObject({
      status: 409,
      body: { code: 'coupon_pool.name_taken' },
    });
    expect(await create({ name: 'x', events: ['party', 'nowhere'] })).toMatchObject({
      status: 422,
      body: { code: 'request.unknown_reference', errors: [{ path: 'events.1' }] },
    });
    expect(await create({ name: 'x', events: ['party'], calendarId: crypto.randomUUID() })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'calendarId' }] },
    });
    expect(await create({ name: 'x', events: ['party'], codes: [] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'codes' }] },
    });
    expect(await importCsv(crypto.randomUUID(), 'A1\n')).toMatchObject({
      status: 404,
      body: { code: 'coupon_pool.unknown' },
    });
    const { id } = (await create({ name: 'Open quote', events: ['party'] })).body.pool;
    expect(await importCsv(id, '"A1\n')).toMatchObject({ status: 422, body: { code: 'coupon_import.unreadable' } });
    expect(await ingress.call('POST', `/v1/coupon-pools/${id}/imports`, { codes: [] })).toMatchObject({ status: 415 });
  });

  /** Guards against codes that no pull ever hands out: a pull looks at the pools of its event. */
  it.each([
    ['of nothing', {}],
    ['of no event', { events: [] }],
    ['of a calendar alone', { inCalendar: true }],
  ])('%s are refused, and nothing is stored', async (name, { inCalendar, ...body }: Record<string, unknown>) => {
    const calendar = inCalendar === true ? { calendarId: ingress.calendarId } : {};
    expect(await create({ name, ...body, ...calendar })).toMatchObject({
      status: 422,
      body: { code: 'request.invalid', errors: [{ path: 'events' }] },
    });
    expect(await ingress.db.couponPool.count({ where: { name } })).toBe(0);
  });
});
