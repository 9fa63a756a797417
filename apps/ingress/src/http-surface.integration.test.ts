import { beforeAll, describe, expect, it } from '@jest/globals';
import { openIngress, request, type TestIngress } from './testing/open-ingress.js';
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

  it('every route that changes something is closed to a reader, every one that concerns secrets to a writer', async () => {
    const [reader, writer] = [await ingress.keyWith(['read']), await ingress.keyWith(['write'])];
    const statusFor = async (key: string, { method, path }: (typeof v1Routes)[number]) =>
      (
        await request(`${ingress.url}${path.replace(/\{\w+\}/g, crypto.randomUUID())}`, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${key}` },
        })
      ).status;
    for (const route of v1Routes) {
      const isRead = route.method === 'get';
      expect([route.path, (await statusFor(reader, route)) === 403]).toEqual([route.path, !isRead]);
      expect([route.path, (await statusFor(writer, route)) === 403]).toEqual([route.path, route.scope === 'admin']);
    }
    // Keys and webhooks of calendars, and what changes a whole calendar at Luma at once.
    const admins = v1Routes.filter(({ scope }) => scope === 'admin').map(({ path }) => path.split('/')[2]);
    expect([...new Set(admins)].toSorted()).toEqual(['backfills', 'calendars']);
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
    expect(body.components.schemas.EventInput.required).toEqual(['title', 'startsAt', 'endsAt', 'timezone']);
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
