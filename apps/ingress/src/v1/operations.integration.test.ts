import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../testing/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});
const newOperation = async (key: string): Promise<string> =>
  (await ingress.call('PUT', `/v1/events/${key}`, eventBody)).body.operation.id;
const post = (path: string, body?: object, headers?: Record<string, string>) =>
  ingress.call('POST', `/v1/${path}`, body, headers);

describe('operations', () => {
  it('are listed by filter, newest first', async () => {
    const ids = [await newOperation('one'), await newOperation('two'), await newOperation('three')];
    const first = await ingress.call('GET', '/v1/operations?job=event.push&state=queued&limit=2');
    const rest = await ingress.call(
      'GET',
      `/v1/operations?job=event.push&state=queued&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect([...first.body.data, ...rest.body.data].map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
    expect((await ingress.call('GET', '/v1/operations?state=failed')).body).toEqual({ data: [], nextCursor: null });
    expect(first.body.data[0]).toEqual({
      id: ids[2],
      job: 'event.push',
      state: 'queued',
      trigger: 'api',
      eventId: expect.any(String),
      calendarId: null,
      progress: null,
      attempts: 0,
      waiting: null,
      outcome: null,
      error: null,
      replayOf: null,
      createdAt: expect.stringMatching(/Z$/),
      finishedAt: null,
    });
  });

  it('a failed one is retried as a new one, twice at once as one', async () => {
    const id = await newOperation('failing');
    expect(await post(`operations/${id}/retry`)).toMatchObject({ status: 409, body: { code: 'operation.not_failed' } });
    await ingress.db.operation.update({
      where: { id },
      data: { state: 'failed', errorCode: 'luma.rejected', errorMessage: 'Invalid request', dispatchAt: null },
    });
    expect((await ingress.call('GET', `/v1/operations/${id}`)).body.operation.error).toEqual({
      code: 'luma.rejected',
      message: 'Invalid request',
    });
    const [one, two] = await Promise.all([post(`operations/${id}/retry`), post(`operations/${id}/retry`)]);
    expect(one.status).toBe(202);
    expect(two.body.operation.id).toBe(one.body.operation.id);
    expect((await ingress.call('GET', one.headers.get('location') ?? '')).body.operation).toMatchObject({
      replayOf: id,
      trigger: 'manual',
    });
    expect((await post(`operations/${crypto.randomUUID()}/retry`)).status).toBe(404);
  });

  it('a waiting one is discarded with a reason', async () => {
    const id = await newOperation('unwanted');
    expect(await post(`operations/${id}/discard`)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'reason' }] },
    });
    expect(await post(`operations/${id}/discard`, { reason: 'a mistake' })).toMatchObject({
      status: 200,
      body: { operation: { state: 'discarded', outcome: { reason: 'a mistake' } } },
    });
    expect(await post(`operations/${id}/discard`, { reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'operation.not_discardable' },
    });
  });
});

describe('webhook deliveries', () => {
  it('are listed without their bodies and applied again on request', async () => {
    await ingress.sendWebhook('{"type":"event.updated","data":{"id":"evt-1","name":"Secret party"}}', {
      webhookId: 'w1',
    });
    await ingress.sendWebhook('{"type":"calendar.renamed","data":{}}', { webhookId: 'w2' });
    const listed = await ingress.call('GET', `/v1/webhook-deliveries?calendarId=${ingress.calendarId}&state=pending`);
    expect(listed.body.data).toMatchObject([{ webhookId: 'w1', type: 'event.updated', hasBody: true }]);
    expect(JSON.stringify(listed.body)).not.toContain('Secret party');
    const { id } = listed.body.data[0];
    expect((await ingress.call('GET', `/v1/webhook-deliveries/${id}`)).body.delivery.id).toBe(id);
    expect(await post(`webhook-deliveries/${id}/replay`)).toMatchObject({ status: 202 });
    await ingress.db.webhookDelivery.update({ where: { id }, data: { rawBody: null } });
    expect(await post(`webhook-deliveries/${id}/replay`)).toMatchObject({
      status: 409,
      body: { code: 'delivery.body_expired' },
    });
    expect((await ingress.call('GET', `/v1/webhook-deliveries/${crypto.randomUUID()}`)).status).toBe(404);
  });
});
