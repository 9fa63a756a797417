import { beforeAll, describe, expect, it } from '@jest/globals';
import { startTcpProxy } from '@luma-sync/testkit';
import { openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

const body = (id = 'evt-1') => JSON.stringify({ type: 'event.updated', data: { id, name: 'Someone’s party' } });
const counts = async () => ({
  deliveries: await ingress.db.webhookDelivery.count(),
  operations: await ingress.db.operation.count({ where: { job: 'inbox.apply' } }),
});

describe('POST /webhooks/luma/{calendarKey}', () => {
  it('takes a signed delivery and keeps it with its operation', async () => {
    const before = await counts();
    expect(await ingress.sendWebhook(body('evt-kept'), { webhookId: 'kept' })).toMatchObject({
      status: 200,
      body: { status: 'accepted' },
    });
    expect(await counts()).toEqual({ deliveries: before.deliveries + 1, operations: before.operations + 1 });
    const [delivery] = await ingress.db.webhookDelivery.findMany({ where: { webhookId: 'kept' } });
    expect(delivery).toMatchObject({
      calendarId: ingress.calendarId,
      type: 'event.updated',
      rawBody: body('evt-kept'),
      state: 'pending',
    });
  });

  it('T58 twenty equal deliveries at once: all answered 200, one kept', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ingress.sendWebhook(body('evt-20'), { webhookId: 'twenty' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(answers.filter(({ body }) => body.status === 'accepted')).toHaveLength(1);
    expect(await ingress.db.webhookDelivery.count({ where: { webhookId: 'twenty' } })).toBe(1);
  });

  it('takes one whose address names the calendar', async () => {
    const answer = await ingress.sendWebhook(body('evt-named'), { calendarId: 'Test', webhookId: 'named' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } });
    const kept = await ingress.db.webhookDelivery.findFirstOrThrow({ where: { webhookId: 'named' } });
    expect(kept.calendarId).toBe(ingress.calendarId);
  });

  it('refuses what is unsigned, foreign, stale or for an unknown calendar, in one wording, and stores nothing', async () => {
    const before = await counts();
    const answers = await Promise.all([
      ingress.sendWebhook(body(), { headers: { 'webhook-signature': '' } }),
      ingress.sendWebhook(body(), { headers: { 'webhook-signature': 'nonsense' } }),
      ingress.sendWebhook(body(), { secret: 'whsec_of_another_calendar' }),
      ingress.sendWebhook(body(), { at: new Date(Date.now() - 700_000) }),
      ingress.sendWebhook(body(), { calendarId: crypto.randomUUID() }),
      ingress.sendWebhook(body(), { calendarId: 'no-uuid-at-all' }),
      ingress.sendWebhook(body(), { calendarId: '%00' }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 401, body: { status: 'signature refused' } });
    expect(await counts()).toEqual(before);
  });

  it('answers a poison body with 400 when it is signed, and never with 5xx', async () => {
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '{"type":""}',
      '{"type":"a\\u0000b","data":{}}',
      `{"type":"event.updated","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"type":"event.updated","data":{"id":"evt\\u0000"},"__proto__":{"x":1}}',
      Buffer.from([0xff, 0xfe, 0x00]),
    ];
    const statuses = await Promise.all(bodies.map(async (poison) => (await ingress.sendWebhook(poison)).status));
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 400, 200, 400]);
    expect((await ingress.sendWebhook('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await ingress.sendWebhook(body(), { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  it('T54 keeps a type nobody reads, without work', async () => {
    const before = await counts();
    const answer = await ingress.sendWebhook('{"type":"calendar.renamed","data":{}}');
    expect(answer).toMatchObject({ status: 200, body: { status: 'ignored' } });
    expect(await counts()).toEqual({ deliveries: before.deliveries + 1, operations: before.operations });
  });

  it('logs no word of what was sent', async () => {
    await ingress.sendWebhook(body('evt-private'));
    await ingress.sendWebhook(body('evt-private'), { secret: 'whsec_other' });
    expect(ingress.lines.join('\n')).toContain('/webhooks/luma/{calendarKey}');
    expect(ingress.lines.join('\n')).not.toMatch(/party|evt-private|whsec|v1=/);
  });
});

describe('without Postgres', () => {
  it('asks for the delivery again, and takes it once Postgres is back, Redis or not', async () => {
    const proxy = await startTcpProxy(process.env.DATABASE_URL ?? '');
    const broken = await openIngress({
      through: proxy.through,
      deps: { isRedisReady: () => false },
    });
    const send = () => broken.sendWebhook(body(), { webhookId: 'again' });
    await proxy.cut();
    expect(await send()).toMatchObject({ status: 503, body: { status: 'try again' } });
    expect((await broken.call('GET', '/v1/events')).status).toBe(503);
    expect((await broken.call('GET', '/readyz')).status).toBe(503);
    expect((await broken.call('GET', '/healthz')).status).toBe(200);
    await proxy.resume();
    expect((await send()).status).toBe(200);
    proxy.blackhole();
    expect(await send()).toMatchObject({ status: 503 });
    await proxy.resume();
    expect(await send()).toMatchObject({ status: 200, body: { status: 'duplicate' } });
  });
});
