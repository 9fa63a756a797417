import { describe, expect, it } from '@jest/globals';
import {
  recordedBadKey,
  recordedInvalidRequest,
  recordedNoAccess,
  recordedNoKey,
} from '@luma-sync/testkit/luma-fixtures';
import { createEvent, openSim, withCalls } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

describe('transport', () => {
  it('refusals are word for word the recorded ones', async () => {
    const sim = await openSim();
    const bare = await fetch(`${sim.url}/v1/users/get-self`);
    expect({ status: bare.status, body: await bare.json() }).toEqual(recordedNoKey);
    expect(bare.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await withCalls(sim, 'secret-wrong').get('/v1/users/get-self')).toMatchObject(recordedBadKey);
    expect(await sim.get('/v1/events/get')).toMatchObject(recordedInvalidRequest);
    expect(await sim.get('/v1/events/get', { event_id: 'evt-none' })).toMatchObject(recordedNoAccess);
  });

  it("another calendar's event cannot be told from one that does not exist", async () => {
    const sim = await openSim({
      calendars: [
        { id: 'cal-1', apiKeys: ['secret-default'] },
        { id: 'cal-2', apiKeys: ['secret-2'] },
      ],
    });
    const id = await createEvent(sim);
    expect((await sim.get('/v1/events/get', { event_id: id })).status).toBe(200);
    expect(await withCalls(sim, 'secret-2').get('/v1/events/get', { event_id: id })).toMatchObject(recordedNoAccess);
  });

  it('a lapsed plan refuses everything although the key is right, until it is paid', async () => {
    const sim = await openSim();
    sim.control.changeCalendar('cal-default', { isPlanActive: false });
    const refused = await sim.get('/v1/users/get-self');
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('active Luma Plus plan');
    sim.control.changeCalendar('cal-default', { isPlanActive: true });
    expect((await sim.get('/v1/users/get-self')).status).toBe(200);
  });

  it('the budget is counted per calendar over all its keys, ends in 429 with Retry-After, and passes by itself', async () => {
    const clock = new ManualClock();
    const calendars = [
      { id: 'cal-1', apiKeys: ['secret-default', 'secret-second'] },
      { id: 'cal-2', apiKeys: ['secret-2'] },
    ];
    const sim = await openSim({
      clock,
      calendars,
      settings: { budget: { rules: [{ methods: 'all', limit: 3, windowMs: 60_000 }] } },
    });
    const second = withCalls(sim, 'secret-second');
    const statuses = [];
    for (const caller of [sim, second, sim, second]) statuses.push((await caller.get('/v1/users/get-self')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    clock.advance(1_500);
    const blocked = await sim.get('/v1/users/get-self');
    expect(blocked.headers.get('retry-after')).toBe('59');
    expect((await withCalls(sim, 'secret-2').get('/v1/users/get-self')).status).toBe(200);
    clock.advance(58_500);
    expect((await sim.get('/v1/users/get-self')).status).toBe(200);
    expect(sim.control.counters()).toMatchObject({
      breaches: 1,
      lockouts: 1,
      refusedWhileLocked: 1,
      maxInAnyWindow: 5,
    });
  });

  it('the control API and refused keys cost no budget', async () => {
    const sim = await openSim({ settings: { budget: { rules: [{ methods: 'all', limit: 1, windowMs: 60_000 }] } } });
    for (let call = 0; call < 5; call += 1) {
      await fetch(`${sim.url}/_sim/counters`);
      await withCalls(sim, 'secret-wrong').get('/v1/users/get-self');
    }
    expect((await sim.get('/v1/users/get-self')).status).toBe(200);
  });

  it('limit headers are absent as recorded, and there when switched on', async () => {
    const sim = await openSim();
    expect((await sim.get('/v1/users/get-self')).headers.has('x-ratelimit-limit')).toBe(false);
    sim.control.changeSettings({ budget: { hasHeaders: true, retryAfter: 'date' } });
    const { headers } = await sim.get('/v1/users/get-self');
    expect(headers.get('x-ratelimit-limit')).toBe('200');
    expect(headers.get('x-ratelimit-remaining')).toBe('198');
    expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(1_700_000_000);
    sim.control.addForeignTraffic({ calendarId: 'cal-default', requests: 300 });
    const blocked = await sim.get('/v1/users/get-self');
    expect(blocked.status).toBe(429);
    expect(Date.parse(blocked.headers.get('retry-after') ?? '')).toBeGreaterThan(Date.now());
  });

  it('every request is in the log with key fingerprint, status and body, and never with the key', async () => {
    const sim = await openSim();
    await createEvent(sim);
    await sim.get('/public/v1/users/get-self');
    const entries = sim.control.log();
    expect(entries.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['POST', '/v1/events/create', 200],
      ['GET', '/public/v1/users/get-self', 200],
    ]);
    expect(entries[0]?.body).toMatchObject({ name: 'Example' });
    expect(entries[0]?.keyFingerprint).toMatch(/^[0-9a-f]{8}$/);
    expect(JSON.stringify(entries)).not.toContain('secret-default');
    expect(sim.control.log({ method: 'GET', path: '/public/*' })).toHaveLength(1);
  });

  it('unknown fields of a body are refused by name, or dropped where told so', async () => {
    const sim = await openSim();
    const body = { name: 'A', start_at: '2026-03-16T19:30:00.000Z', timezone: 'UTC', capacity: 5 };
    const refused = await sim.post('/v1/events/create', body);
    expect(refused).toMatchObject({
      status: 400,
      body: { message: 'Invalid request.\n- capacity: Unrecognized key: "capacity"' },
    });
    sim.control.changeSettings({ requests: { unknownFields: 'ignore' } });
    expect((await sim.post('/v1/events/create', body)).status).toBe(200);
  });

  it('a body that is no JSON is a bad request, an unknown path is not found', async () => {
    const sim = await openSim();
    const headers = { 'x-luma-api-key': 'secret-default' };
    const broken = await fetch(`${sim.url}/v1/events/create`, { method: 'POST', headers, body: '{"name":' });
    expect({ status: broken.status, body: await broken.json() }).toMatchObject({ status: 400, body: { code: null } });
    expect((await sim.get('/v1/events/list')).status).toBe(404);
  });

  it('requests without a required header are refused, and those that repeat one, where told so', async () => {
    const sim = await openSim({ settings: { requests: { requiredHeader: 'x-request-id', isHeaderUsedOnce: true } } });
    const ask = async (slot: string | null, key = 'secret-default') =>
      (
        await fetch(`${sim.url}/v1/users/get-self`, {
          headers: { 'x-luma-api-key': key, ...(slot === null ? {} : { 'x-request-id': slot }) },
        })
      ).status;
    sim.control.changeCalendar('cal-default', { apiKeys: ['secret-default', 'secret-second'] });
    expect(await ask(null)).toBe(428);
    expect(await ask('1')).toBe(200);
    expect(await ask('1')).toBe(428);
    expect(await ask('1', 'secret-second')).toBe(200);
    expect(sim.control.counters()).toMatchObject({ refusedWithoutSlot: 1, refusedWithUsedSlot: 1 });
    sim.control.changeSettings({ requests: { isHeaderUsedOnce: false } });
    expect(await ask('1')).toBe(200);
  });
});
