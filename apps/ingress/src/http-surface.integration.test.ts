import { beforeAll, describe, expect, it } from '@jest/globals';
import { expandScopes, SCOPE_NAMES } from '@luma-sync/store';
import { eventBody, openIngress, request, type TestIngress } from '../test/open-ingress.js';
import { v1Routes } from './v1/routes/all.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

describe('who may do what', () => {
  it('every /v1 route is closed to callers without a key', async () => {
    const answers = await Promise.all(
      v1Routes.map(({ method, path }) =>
        request(`${ingress.url}${path.replace(/\{\w+\}/g, crypto.randomUUID())}`, { method: method.toUpperCase() }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(v1Routes.map(() => 401));
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['auth.invalid']));
  });

  it('each route opens to exactly the scopes it declares, one by one and by bundle', async () => {
    const keys = await Promise.all(SCOPE_NAMES.map(async (scope) => [scope, await ingress.keyWith([scope])] as const));
    for (const [scope, key] of keys) {
      for (const { method, path, scopes, furtherScopes } of v1Routes) {
        const answer = await request(`${ingress.url}${path.replace(/\{\w+\}/g, crypto.randomUUID())}`, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${key}` },
        });
        const held = expandScopes([scope]);
        const missing = scopes.filter((needed) => !held.has(needed));
        const further = furtherScopes.map((entry) => entry.scope).filter((needed) => !held.has(needed));
        // With nothing in its body a request may still ask for more than the route itself.
        const allowed = missing.length > 0 ? [missing.join(' ')] : [undefined, ...further];
        expect([scope, method, path, allowed]).toEqual([
          ...[scope, method, path],
          expect.arrayContaining([answer.status === 403 ? answer.body.details.missing : undefined]),
        ]);
        if (answer.status === 403) expect(answer.body.code).toBe('auth.scope');
      }
    }
  });

  it('what each route needs stands in /openapi.json', async () => {
    const { body } = await ingress.call('GET', '/openapi.json');
    for (const { method, path, scopes, furtherScopes } of v1Routes) {
      const described = body.paths[path][method];
      expect([path, described.security]).toEqual([path, [{ apiKey: [...scopes] }]]);
      for (const { scope } of furtherScopes) expect(described.description).toContain(`Needs \`${scope}\` as well`);
    }
  });

  it('a writer cannot cancel for good, mail, or read people, unless its key says so', async () => {
    const [writer, plain] = [await ingress.keyWith(['write']), await ingress.keyWith(['events:write'])];
    const call = (key: string, method: string, path: string, body?: object) =>
      ingress.call(method, path, body, { authorization: `Bearer ${key}` });
    const host = { externalId: 'h1', name: 'Hana', email: 'hana@example.org', role: 'admin' };
    expect((await call(writer, 'PUT', '/v1/events/scoped', { ...eventBody, host })).body.event.host.name).toBe('Hana');
    const hidden = { externalId: 'h1', name: null, email: null };
    expect((await call(plain, 'GET', '/v1/events/scoped')).body.event.host).toMatchObject(hidden);
    expect((await call(plain, 'GET', '/v1/events')).body.data[0].host).toMatchObject(hidden);
    expect((await call(plain, 'PUT', '/v1/events/scoped', { ...eventBody, host })).body.event.host).toMatchObject(
      hidden,
    );
    for (const [path, body, missing] of [
      ['cancel', { mode: 'cancel', confirmRecipients: 1 }, 'irreversible'],
      ['approve', { confirmRecipients: 1 }, 'mail'],
      ['guest-pulls', { sendEmails: true }, 'mail'],
    ] as const) {
      const refused = await call(writer, 'POST', `/v1/events/scoped/${path}`, body);
      expect([path, refused.status, refused.body.details]).toEqual([path, 403, { missing }]);
    }
    expect((await call(writer, 'PUT', '/v1/events/scoped', { ...eventBody, confirmRecipients: 1 })).status).toBe(403);
    for (const body of [{ sendEmails: false }, {}])
      expect((await call(writer, 'POST', '/v1/events/scoped/guest-pulls', body)).body.code).toBe('event.not_linked');
    expect((await call(writer, 'POST', '/v1/events/scoped/cancel', { mode: 'hide' })).status).toBe(202);
  });

  it('an unknown address is a problem like others', async () => {
    expect(await ingress.call('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'route.unknown' } });
    expect(await ingress.call('GET', '/V1/EVENTS')).toMatchObject({ status: 404 });
  });

  it('a caller that asks too often is told when to come back', async () => {
    const limited = await openIngress({ settings: { callerLimitPerMinute: 2 } });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push(await limited.call('GET', '/v1/events'));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(statuses[2]?.body.code).toBe('request.rate_limited');
    expect(Number(statuses[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await limited.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('pages and probes', () => {
  it('tells that it lives, is ready, and what it counted', async () => {
    expect(await ingress.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ingress.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const metrics = await ingress.call('GET', '/metrics');
    expect(metrics.body).toMatch(/luma_sync_http_request_duration_seconds_count\{.*route="\/v1\/events/);
  });

  it('shows its figures to the machine itself alone, and with a token to who has it', async () => {
    const forwarded = { 'x-forwarded-for': '198.51.100.7' };
    expect(await ingress.call('GET', '/metrics', undefined, forwarded)).toMatchObject({
      status: 403,
      body: { code: 'metrics.not_local' },
    });
    const guarded = await openIngress({ settings: { metricsToken: 'a-token-for-the-figures' } });
    const read = (authorization: string) => guarded.call('GET', '/metrics', undefined, { authorization, ...forwarded });
    for (const wrong of ['', 'Bearer', 'Bearer a-token', 'Bearer a-token-for-the-figures2'])
      expect(await read(wrong)).toMatchObject({ status: 401, body: { code: 'metrics.token' } });
    expect((await read('Bearer a-token-for-the-figures')).status).toBe(200);
  });

  it('is ready without Redis, and says so', async () => {
    const degraded = await openIngress({
      deps: {
        isRedisReady: () => false,
        health: {
          checks: {
            redis: {
              check: () => {
                throw new Error('away');
              },
              isRequired: false,
            },
          },
          isStopping: () => false,
        },
      },
    });
    expect(await degraded.call('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'degraded', checks: { redis: { ok: false } } },
    });
    expect((await degraded.sendWebhook('{"type":"event.updated","data":{"id":"evt-1"}}')).status).toBe(200);
  });

  it('on an empty database stores nothing, and says what it lacks', async () => {
    const empty = (url: string) => Object.assign(new URL(url), { pathname: '/postgres' }).href;
    const early = await openIngress({ through: empty });
    expect(await early.call('GET', '/v1/events')).toMatchObject({ status: 503, body: { code: 'store.unmigrated' } });
    expect((await early.sendWebhook('{"type":"event.updated","data":{"id":"evt-1"}}')).status).toBe(503);
  });

  it('describes every route in OpenAPI 3.1', async () => {
    const { body } = await ingress.call('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    expect(described.toSorted()).toEqual(v1Routes.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(body.components.schemas.EventInput.required).toEqual(['title', 'startsAt']);
    expect(body.components.schemas.EventInput.additionalProperties).toBe(false);
  });

  it('serves its pages under a content policy without inline script or style, from nowhere else', async () => {
    for (const path of ['/docs', '/login']) {
      const answer = await ingress.call('GET', path);
      expect(answer.status).toBe(200);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(answer.body).not.toMatch(/<script>|<style|style=|\son\w+=|https?:\/\//);
      for (const [, linked = ''] of answer.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
        if (linked.startsWith('data:')) continue;
        expect([linked, (await ingress.call('GET', linked)).status]).toEqual([linked, 200]);
      }
    }
  });
});
