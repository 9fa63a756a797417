import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openKeyring, placeOf } from '@luma-sync/store';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
const tested: string[] = [];
beforeAll(async () => {
  ingress = await openIngress({
    deps: {
      testConnection: async ({ calendar }) => {
        tested.push(calendar.name);
        return { status: 'disconnected', reason: 'Luma does not accept the API key' };
      },
    },
  });
});
const create = (body: object) => ingress.call('POST', '/v1/calendars', body);

describe('a calendar whose secrets cannot be opened', () => {
  it('says so, loses no webhook, and works again once they are entered anew', async () => {
    const locked = await openIngress();
    const other = openKeyring(randomBytes(32).toString('base64'));
    const ciphers = {
      apiKeyCipher: other.encrypt('luma-key', placeOf(locked.calendarId, 'apiKeyCipher')),
      webhookSecretCipher: other.encrypt('whsec_lost', placeOf(locked.calendarId, 'webhookSecretCipher')),
    };
    await locked.db.calendar.update({ where: { id: locked.calendarId }, data: ciphers });
    const path = `/v1/calendars/${locked.calendarId}`;
    expect(await locked.call('POST', `${path}/test-connection`)).toMatchObject({
      status: 500,
      body: { code: 'secret.unreadable', title: expect.stringContaining('ENCRYPTION_KEY') },
    });
    // Not 401, which would tell Luma not to come again.
    expect((await locked.sendWebhook('{"type":"event.updated","data":{"id":"evt-1"}}')).status).toBe(503);
    const anew = { apiKey: 'luma-key', webhookSecret: 'whsec_new' };
    expect((await locked.call('PATCH', path, anew)).status).toBe(200);
    expect((await locked.call('POST', `${path}/test-connection`)).body.status).toBe('connected');
    const body = '{"type":"event.updated","data":{"id":"evt-1"}}';
    expect((await locked.sendWebhook(body, { secret: 'whsec_new' })).status).toBe(200);
  });
});

describe('a key that another calendar has', () => {
  it('is refused with the name of that calendar, when it is added and when it is changed, also twice at once', async () => {
    const first = await create({ name: 'First', kind: 'luma', apiKey: 'secret-shared' });
    const taken = { status: 409, body: { code: 'calendar.key_taken', title: expect.stringContaining('"First"') } };
    expect(await create({ name: 'Second', kind: 'luma', apiKey: 'secret-shared' })).toMatchObject(taken);
    const other = await create({ name: 'Other', kind: 'luma' });
    const path = `/v1/calendars/${other.body.calendar.id}`;
    expect(await ingress.call('PATCH', path, { apiKey: 'secret-shared' })).toMatchObject(taken);
    expect(
      (await ingress.call('PATCH', `/v1/calendars/${first.body.calendar.id}`, { apiKey: 'secret-shared' })).status,
    ).toBe(200);
    const twins = ['A', 'B', 'C'].map((name) => create({ name, kind: 'luma', apiKey: 'secret-raced' }));
    expect((await Promise.all(twins)).map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    await ingress.db.calendar.deleteMany({ where: { name: { not: 'Test' } } });
  });
});

const REFUSED = { code: 'luma.auth_failed', reason: 'Luma does not accept the API key' };
const LAPSED = { code: 'luma.plan_inactive', reason: 'the calendar has no active plan at Luma' };

describe('a key that Luma refuses', () => {
  it('is not stored, neither with a new calendar nor by a change', async () => {
    const refusing = await openIngress({
      deps: { checkKey: async (key) => (key === 'secret-wrong' ? REFUSED : null) },
    });
    const refused = { status: 422, body: { code: 'calendar.key_refused', errors: [{ path: 'apiKey' }] } };
    const input = { name: 'Wrong', kind: 'luma', apiKey: 'secret-wrong' };
    expect(await refusing.call('POST', '/v1/calendars', input)).toMatchObject(refused);
    const path = `/v1/calendars/${refusing.calendarId}`;
    const before = await refusing.db.calendar.findUniqueOrThrow({ where: { id: refusing.calendarId } });
    expect(await refusing.call('PATCH', path, { apiKey: 'secret-wrong' })).toMatchObject(refused);
    expect(await refusing.db.calendar.findMany()).toEqual([before]);
  });

  it('is stored when only its plan has lapsed', async () => {
    const lapsed = await openIngress({ deps: { checkKey: async (key) => (key === 'secret-lapsed' ? LAPSED : null) } });
    const input = { name: 'Later', kind: 'luma', apiKey: 'secret-lapsed' };
    expect(await lapsed.call('POST', '/v1/calendars', input)).toMatchObject({ status: 201 });
  });
});

describe('the default calendar', () => {
  it.each([
    ['of another kind', { kind: 'manual' }, 'isDefault'],
    ['without a key', { kind: 'luma' }, 'isDefault'],
    ['with a key that Luma refuses', { kind: 'luma', apiKey: 'secret-refused' }, 'apiKey'],
  ])('is not one %s', async (_what, input, path) => {
    const refusing = await openIngress({
      deps: { checkKey: async (key) => (key === 'secret-refused' ? LAPSED : null) },
    });
    const refused = { status: 422, body: { code: 'calendar.default_unusable', errors: [{ path }] } };
    const wanted = { name: 'Wanted', ...input };
    expect(await refusing.call('POST', '/v1/calendars', { ...wanted, isDefault: true })).toMatchObject(refused);
    const { body } = await refusing.call('POST', '/v1/calendars', wanted);
    const patched = await refusing.call('PATCH', `/v1/calendars/${body.calendar.id}`, { isDefault: true });
    expect(patched).toMatchObject(refused);
    expect((await refusing.call('GET', `/v1/calendars/${refusing.calendarId}`)).body.calendar.isDefault).toBe(true);
    expect(await refusing.call('PATCH', `/v1/calendars/${refusing.calendarId}`, { apiKey: null })).toMatchObject({
      status: 422,
      body: { code: 'calendar.default_unusable' },
    });
  });

  it('gets what was given up because there was none', async () => {
    const lonely = await openIngress();
    await lonely.db.calendar.updateMany({ data: { isDefault: false } });
    await lonely.call('PUT', '/v1/events/unplaced', eventBody);
    const { id, eventId } = await lonely.db.operation.findFirstOrThrow({ where: { job: 'event.push' } });
    await lonely.db.operation.update({
      where: { id },
      data: { state: 'failed', errorCode: 'event.no_calendar', dispatchAt: null, finishedAt: new Date() },
    });
    expect((await lonely.call('PATCH', `/v1/calendars/${lonely.calendarId}`, { isDefault: true })).status).toBe(200);
    const again = await lonely.db.operation.findFirstOrThrow({ where: { job: 'event.push', state: 'queued' } });
    expect(again).toMatchObject({ eventId, replayOf: id });
    expect(await lonely.db.operation.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: 'replayed',
      replayedBy: again.id,
    });
  });
});

describe('calendars', () => {
  it('are added, read, changed and removed, and never show a secret', async () => {
    const added = await create({
      name: 'Bangalore',
      kind: 'luma',
      apiKey: 'secret-luma-key',
      webhookSecret: 'whsec_secret',
      routing: { lat: 12.93, lng: 77.63, radiusKm: 500 },
    });
    expect(added.status).toBe(201);
    const { id } = added.body.calendar;
    expect(added.headers.get('location')).toBe(`/v1/calendars/${id}`);
    expect(added.body.calendar).toMatchObject({
      hasApiKey: true,
      hasWebhookSecret: true,
      webhookUrl: `http://sync.test/webhooks/luma/${id}`,
      routing: { lat: 12.93, lng: 77.63, radiusKm: 500, priority: 0 },
      status: 'ok',
    });
    const changed = await ingress.call('PATCH', `/v1/calendars/${id}`, {
      name: 'Bengaluru',
      routing: null,
      mailOnRsvp: true,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { calendar: { name: 'Bengaluru', routing: null, mailOnRsvp: true, hasApiKey: true } },
    });
    const listed = await ingress.call('GET', '/v1/calendars');
    expect(listed.body.data.map(({ name }: { name: string }) => name)).toEqual(['Bengaluru', 'Test']);
    const read = await ingress.call('GET', `/v1/calendars/${id}`);
    for (const answer of [added, changed, listed, read])
      expect(JSON.stringify(answer.body)).not.toMatch(/secret-luma-key|whsec_secret/);
    expect(ingress.lines.join('\n')).not.toMatch(/secret-luma-key|whsec_secret/);
    expect((await ingress.call('DELETE', `/v1/calendars/${id}`)).status).toBe(204);
    expect(await ingress.call('GET', `/v1/calendars/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'calendar.unknown' },
    });
    expect((await ingress.call('DELETE', `/v1/calendars/${id}`)).status).toBe(404);
  });

  it.each([
    ['kind', { name: 'x', kind: 'google' }],
    ['kind', { name: 'x', kind: 'ical' }],
    ['icalUrl', { name: 'x', kind: 'luma', icalUrl: 'https://feeds.example.org/a.ics' }],
    ['routing.priority', { name: 'x', kind: 'luma', routing: { lat: 1, lng: 1, radiusKm: 1, priority: 0.5 } }],
    ['routing.radiusKm', { name: 'x', kind: 'luma', routing: { lat: 1, lng: 1, radiusKm: 0 } }],
    ['apiKey', { name: 'x', kind: 'luma', apiKey: 'two\nlines' }],
    ['status', { name: 'x', kind: 'luma', status: 'ok' }],
    ['organizationId', { name: 'x', kind: 'luma', organizationId: crypto.randomUUID() }],
  ])('refuses a wrong %s', async (path, body) => {
    expect(await create(body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('keeps covers for events that have none, and refuses what Luma would not take', async () => {
    const path = `/v1/calendars/${ingress.calendarId}`;
    const coverFallbacks = { byTag: { music: 'https://img.example.org/music.png' }, otherwise: null };
    expect((await ingress.call('GET', path)).body.calendar.coverFallbacks).toEqual({ byTag: {}, otherwise: null });
    expect(await ingress.call('PATCH', path, { coverFallbacks })).toMatchObject({
      status: 200,
      body: { calendar: { coverFallbacks } },
    });
    const svg = { otherwise: 'https://img.example.org/any.svg' };
    expect(await ingress.call('PATCH', path, { coverFallbacks: svg })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'coverFallbacks.otherwise', message: expect.stringContaining('JPEG or PNG') }] },
    });
    expect((await ingress.call('GET', path)).body.calendar.coverFallbacks).toEqual(coverFallbacks);
  });

  it('a name is taken once, a linked calendar stays', async () => {
    expect(await create({ name: 'Test', kind: 'manual' })).toMatchObject({
      status: 409,
      body: { code: 'calendar.name_taken' },
    });
    const event = await ingress.db.event.create({
      data: {
        title: 't',
        startsAt: new Date(),
        endsAt: new Date(),
        timezone: 'UTC',
        source: 'app',
        approval: 'approved',
      },
    });
    await ingress.db.eventLink.create({ data: { eventId: event.id, calendarId: ingress.calendarId, state: 'synced' } });
    expect(await ingress.call('DELETE', `/v1/calendars/${ingress.calendarId}`)).toMatchObject({
      status: 409,
      body: { code: 'calendar.in_use' },
    });
  });

  it('tests the connection, once per Idempotency-Key', async () => {
    const test = (headers = {}) =>
      ingress.call('POST', `/v1/calendars/${ingress.calendarId}/test-connection`, undefined, headers);
    const answer = { status: 200, body: { status: 'disconnected', reason: 'Luma does not accept the API key' } };
    expect(await test()).toMatchObject(answer);
    expect(await test({ 'idempotency-key': 'k1' })).toMatchObject(answer);
    expect(await test({ 'idempotency-key': 'k1' })).toMatchObject(answer);
    expect(tested).toEqual(['Test', 'Test']);
  });

  it('pulls and drift checks are for calendars that Luma can be asked about', async () => {
    const pull = (id: string) => ingress.call('POST', `/v1/calendars/${id}/pulls`);
    const pulled = await pull(ingress.calendarId);
    expect(pulled.status).toBe(202);
    expect((await ingress.call('GET', pulled.headers.get('location') ?? '')).body.operation).toMatchObject({
      job: 'calendar.pull',
      calendarId: ingress.calendarId,
    });
    const keyless = (await create({ name: 'Keyless', kind: 'luma' })).body.calendar.id;
    const manual = (await create({ name: 'Manual', kind: 'manual' })).body.calendar.id;
    expect(await pull(keyless)).toMatchObject({ status: 409, body: { code: 'calendar.no_key' } });
    expect(await pull(manual)).toMatchObject({ status: 409, body: { code: 'calendar.not_luma' } });
    expect((await pull(crypto.randomUUID())).status).toBe(404);
    expect((await pull('7')).status).toBe(400);

    const all = await ingress.call('POST', '/v1/drift-checks', {});
    expect(all).toMatchObject({ status: 202, body: { operations: [{ state: 'queued' }] } });
    expect(all.body.operation).toEqual(all.body.operations[0]);
    expect((await ingress.call('POST', '/v1/drift-checks', { calendarId: ingress.calendarId })).body.operation.id).toBe(
      all.body.operation.id,
    );
    expect(await ingress.call('POST', '/v1/drift-checks', { calendarId: manual })).toMatchObject({ status: 409 });
    expect(await ingress.call('POST', '/v1/drift-checks', { calendarId: crypto.randomUUID() })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'calendarId' }] },
    });
  });
});
