import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signWebhook } from '@luma-sync/luma-contract';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { createLogger, parseConfig } from '@luma-sync/runtime';
import { atEnd, openTestDatabase, type RedisServer, startRedisServer, waitFor } from '@luma-sync/testkit';
import { request } from '../test/open-ingress.js';
import { ingressEnvironment } from './config.js';
import { type RunningIngress, startIngress } from './start-ingress.js';

const BOOTSTRAP = 'bootstrap-key-of-the-test';
const PASSWORD = 'correct horse battery';
let url: string;
let redis: RedisServer;
let sim: LumaSim;
let env: Record<string, string>;
let ingress: RunningIngress;
beforeAll(async () => {
  const database = await openTestDatabase();
  redis = await startRedisServer();
  sim = await startLumaSim();
  atEnd(() => sim.close());
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: 'http://sync.test',
    PORT: '0',
    OPERATOR_PASSWORD: PASSWORD,
    BOOTSTRAP_API_KEY: BOOTSTRAP,
    LUMA_API_BASE_URL: sim.url,
    LUMA_API_KEY: 'secret-default',
    LUMA_WEBHOOK_SECRET: 'whsec_of_the_environment',
  };
  const log = createLogger({ app: 'ingress', level: 'silent' });
  ingress = await startIngress(parseConfig(ingressEnvironment, env), { handleSignals: false, log });
  url = `http://127.0.0.1:${ingress.port}`;
  await waitFor(async () => (await request(`${url}/readyz`)).body.status === 'ok', { what: 'ingress to be ready' });
});
// Before the services it uses, one of which the last test has started anew.
afterAll(() => ingress.close());

const call = (method: string, path: string) =>
  request(`${url}${path}`, { method, headers: { authorization: `Bearer ${BOOTSTRAP}` } });
const send = (method: string, path: string, body: object) =>
  request(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${BOOTSTRAP}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const defaultCalendar = async () => (await call('GET', '/v1/calendars')).body.data[0];
const sendWebhook = async () => {
  const body = JSON.stringify({ type: 'event.updated', data: { id: 'evt-1' } });
  const timestampSeconds = Math.floor(Date.now() / 1_000);
  const signature = signWebhook({ secret: 'whsec_of_the_environment', rawBody: body, timestampSeconds });
  const headers = { 'webhook-signature': signature, 'webhook-id': crypto.randomUUID() };
  return request(`${url}/webhooks/luma/${(await defaultCalendar()).id}`, { method: 'POST', headers, body });
};

describe('ingress as a process starts it', () => {
  it('has made what the environment describes: the first key, the default calendar, its webhook secret', async () => {
    expect(await defaultCalendar()).toMatchObject({
      name: 'default',
      kind: 'luma',
      isDefault: true,
      hasApiKey: true,
      hasWebhookSecret: true,
    });
    expect((await sendWebhook()).status).toBe(200);
  });

  it('asks Luma about a key, within the shared budget, and notes a refusal', async () => {
    const { id } = await defaultCalendar();
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body).toEqual({
      status: 'connected',
      reason: null,
    });
    const change = (apiKey: string) => send('PATCH', `/v1/calendars/${id}`, { apiKey });
    expect(await change('a-wrong-key')).toMatchObject({ status: 422, body: { code: 'calendar.key_refused' } });
    sim.control.changeCalendar('cal-default', { apiKeys: ['secret-new'] });
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body).toEqual({
      status: 'disconnected',
      reason: 'Luma does not accept the API key',
    });
    expect((await defaultCalendar()).status).toBe('auth_failed');
    sim.control.changeCalendar('cal-default', { apiKeys: ['secret-default'] });
    await change('secret-default');
    expect((await defaultCalendar()).status).toBe('ok');
  });

  it('says of a calendar whose last test failed that it did, since when and what to do, until Luma answers', async () => {
    const { id } = await defaultCalendar();
    sim.control.layFault({ kind: 'error', status: 503, path: '/v1/*', count: 1 });
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body.status).toBe('disconnected');
    const failed = await defaultCalendar();
    expect(failed).toMatchObject({
      status: 'disconnected',
      statusReason: 'Luma gave no usable answer',
      statusAdvice: expect.stringContaining('test-connection'),
    });
    const { data } = (await call('GET', `/v1/calendars/${id}/timeline`)).body;
    expect(data.at(-1)).toMatchObject({
      fact: 'calendar-status',
      message: 'A test of the connection to Luma failed (Luma gave no usable answer); work goes on trying.',
    });
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body.status).toBe('connected');
    expect(await defaultCalendar()).toMatchObject({ status: 'ok', statusReason: null, statusAdvice: null });
    const after = (await call('GET', `/v1/calendars/${id}/timeline`)).body.data;
    expect(after.at(-1)).toMatchObject({
      fact: 'calendar-status',
      message: 'Luma answers the calendar’s key again.',
    });
  });

  it('leaves the status of a calendar without a key: Luma was never asked', async () => {
    const { id } = (await send('POST', '/v1/calendars', { name: 'Shown', kind: 'manual' })).body.calendar;
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body).toEqual({
      status: 'disconnected',
      reason: 'the calendar has no API key',
    });
    expect((await call('GET', `/v1/calendars/${id}`)).body.calendar).toMatchObject({
      status: 'ok',
      statusAdvice: null,
    });
    expect((await call('DELETE', `/v1/calendars/${id}`)).status).toBe(204);
  });

  it('without Redis takes webhooks and changes, says what does not work, and comes back by itself', async () => {
    await redis.stop();
    await waitFor(async () => (await request(`${url}/readyz`)).body.status === 'degraded', {
      what: 'readiness to say degraded',
    });
    expect((await request(`${url}/readyz`)).status).toBe(200);
    expect((await sendWebhook()).status).toBe(200);
    const { id } = await defaultCalendar();
    expect((await call('POST', `/v1/calendars/${id}/pulls`)).status).toBe(202);
    expect((await call('POST', `/v1/calendars/${id}/test-connection`)).body).toEqual({
      status: 'disconnected',
      reason: 'Redis is away, so no request may be sent',
    });
    expect((await defaultCalendar()).status).toBe('ok');
    const login = await request(`${url}/login`, { method: 'POST', body: new URLSearchParams({ password: PASSWORD }) });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await request(`${url}/queues/api/queues`, { headers: { cookie } })).body.code).toBe('redis.unavailable');
    await redis.start();
    await waitFor(async () => (await request(`${url}/readyz`)).body.status === 'ok', {
      what: 'readiness to come back',
    });
    expect((await request(`${url}/queues/api/queues`, { headers: { cookie } })).status).toBe(200);
  });
});

describe('configuration', () => {
  it('names every problem at once, and no value', () => {
    const { DATABASE_URL: _database, OPERATOR_PASSWORD: _password, ...rest } = env;
    const parse = () =>
      parseConfig(ingressEnvironment, {
        ...rest,
        ENCRYPTION_KEY: 'too-short-and-secret',
        PORT: 'x',
        TRUSTED_PROXIES: '-1',
      });
    const names = /DATABASE_URL is missing[\s\S]*OPERATOR_PASSWORD is missing/;
    expect(parse).toThrow(names);
    for (const name of ['ENCRYPTION_KEY', 'PORT', 'TRUSTED_PROXIES']) expect(parse).toThrow(name);
    expect(parse).not.toThrow('too-short-and-secret');
  });
});
