import { beforeAll, describe, expect, it } from '@jest/globals';
import { beginOperation, fencedTransaction, finishOperation, heartbeat } from '@luma-sync/store';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

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
      calendarId: expect.any(String),
      progress: null,
      attempts: 0,
      isolated: false,
      parkedAt: null,
      waiting: null,
      outcome: null,
      error: null,
      replayOf: null,
      replayedBy: null,
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
    const again = one.body.operation.id;
    expect((await ingress.call('GET', `/v1/operations/${id}`)).body.operation).toMatchObject({
      state: 'replayed',
      replayedBy: again,
    });
    expect((await ingress.call('GET', '/v1/operations?state=failed')).body.data).toEqual([]);
    // Run again and over: what is left to retry is the operation that did.
    await ingress.db.operation.update({ where: { id: again }, data: { state: 'failed', dispatchAt: null } });
    expect(await post(`operations/${id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'operation.not_failed', title: expect.stringContaining('replayed') },
    });
    expect(await post(`operations/${again}/retry`)).toMatchObject({ status: 202 });
    expect((await post(`operations/${crypto.randomUUID()}/retry`)).status).toBe(404);
  });

  it('a parked one is listed with when it is tried again, said by its event meanwhile, and retried at once on request', async () => {
    const id = await newOperation('parked');
    const until = new Date(Date.now() + 600_000);
    const parked = {
      parkedAt: new Date(),
      runAfter: until,
      waitingReason: 'operation.parked',
      errorCode: 'luma.unavailable',
      errorMessage: 'Luma is away',
      slowTries: 1,
    };
    await ingress.db.operation.update({ where: { id }, data: parked });
    const { body } = await ingress.call('GET', '/v1/operations?parked=true');
    expect(body.data).toMatchObject([
      { id, state: 'queued', waiting: { reason: 'operation.parked', until: until.toISOString() } },
    ]);
    expect((await ingress.call('GET', '/v1/events/parked')).body.event.sync).toMatchObject({
      state: 'pending_push',
      lastError: { code: 'luma.unavailable', message: 'Luma is away', nextTryAt: until.toISOString() },
    });
    expect(await post(`operations/${id}/retry`)).toMatchObject({ status: 202, body: { operation: { id } } });
    expect((await ingress.call('GET', `/v1/operations/${id}`)).body.operation).toMatchObject({
      state: 'queued',
      parkedAt: null,
      waiting: null,
    });
    expect((await ingress.call('GET', '/v1/operations?parked=true')).body.data).toEqual([]);
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

describe('a running operation', () => {
  it('is discarded at once; its run owns nothing any more', async () => {
    const id = await newOperation('runs');
    const eventId = (await ingress.call('GET', '/v1/events/runs')).body.event.id;
    const run = { id, owner: 'a run', leaseMs: 60_000 };
    await beginOperation(ingress.db, { ...run, recordKey: () => `event:${eventId}` });
    expect(await post(`operations/${id}/discard`, { reason: 'it hangs' })).toMatchObject({
      status: 200,
      body: { operation: { state: 'discarded' } },
    });
    expect(await heartbeat(ingress.db, run)).toBe(false);
    expect(await finishOperation(ingress.db, run, { state: 'done', outcome: { kind: 'done', details: {} } })).toBe(
      false,
    );
    const holder = { owner: run.owner, operationId: id, leaseMs: 60_000 };
    await expect(fencedTransaction(ingress.db, holder, async () => {})).rejects.toMatchObject({
      code: 'operation.lease_lost',
    });
    expect(await ingress.db.recordLease.count({ where: { owner: run.owner } })).toBe(0);
    expect((await ingress.call('GET', `/v1/operations/${id}`)).body.operation.state).toBe('discarded');
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
