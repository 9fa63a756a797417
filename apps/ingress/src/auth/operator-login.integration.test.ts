import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeQueues, connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
import { openTestRedis } from '@luma-sync/testkit';
import { eventBody, OPERATOR_PASSWORD, openIngress, request, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
let isRedisReady = true;
let close: () => Promise<void>;
beforeAll(async () => {
  const redis = await openTestRedis();
  const connection = connectRedis(redis.url, 'failing', 'test');
  const queues = openQueues(connection, redis.prefix);
  await queues.events.waitUntilReady();
  await queues.events.add('event.push', { operationId: 'op-1' }, { jobId: 'op-1-1' });
  await queues.events.add('event.push', { operationId: 'op\u202e\u001b2' }, { jobId: 'op-2-1' });
  close = async () => {
    await closeQueues(queues);
    await disconnectRedis(connection);
  };
  ingress = await openIngress({ deps: { queues: Object.values(queues), isRedisReady: () => isRedisReady } });
});
afterAll(() => close());

const login = (password: string, headers: Record<string, string> = {}, to = '') =>
  request(`${ingress.url}/login${to}`, { method: 'POST', headers, body: new URLSearchParams({ password }) });
const get = (path: string, headers: Record<string, string> = {}) => request(`${ingress.url}${path}`, { headers });
const cookieOf = (answer: { headers: Headers }) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
const html = { accept: 'text/html' };

describe('the operator', () => {
  it('follows the link of a job to its operation, and without a login to none', async () => {
    const { operation } = (await ingress.call('PUT', '/v1/events/linked', eventBody)).body;
    const path = `/queues/operations/${operation.id}`;
    expect((await get(path)).status).toBe(401);
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    const page = await get(path, { cookie, ...html });
    expect(page.status).toBe(200);
    expect(page.body).toContain('event.push');
    expect(page.body).toContain(operation.id);
    expect((await get('/queues/operations/none', { cookie })).status).toBe(404);
  });

  it('is sent to the login, logs in, sees the queues, and logs out', async () => {
    expect(await get('/queues', html)).toMatchObject({ status: 303 });
    expect((await get('/queues/api/queues')).status).toBe(401);
    const opened = await login(OPERATOR_PASSWORD, {}, '?to=%2Fqueues%2Fqueue%2Fevents');
    expect(opened.status).toBe(303);
    expect(opened.headers.get('location')).toBe('/queues/queue/events');
    expect(opened.headers.get('set-cookie')).toMatch(/; Path=\/;.* HttpOnly; SameSite=Strict/);
    const cookie = cookieOf(opened);
    const board = await get('/queues', { cookie, ...html });
    expect(board.status).toBe(200);
    expect(board.body).toContain('id="__UI_CONFIG__"');
    expect(board.body).not.toMatch(/googleapis|<style|style=/);
    const queues = await get('/queues/api/queues', { cookie });
    expect(queues.body.queues.map(({ name }: { name: string }) => name)).toEqual(['events', 'guests', 'drift', 'mail']);
    // What a person changed there would change nothing: Postgres decides.
    expect(queues.body.queues.map(({ readOnlyMode }: { readOnlyMode: boolean }) => readOnlyMode)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    for (const [, linked = ''] of board.body.matchAll(/(?:src|href)="(static[^"]+)"/g)) {
      expect([linked, (await get(`/queues/${linked}`, { cookie })).status]).toEqual([linked, 200]);
    }
    const closed = await request(`${ingress.url}/logout`, { method: 'POST', headers: { cookie } });
    expect(closed.headers.get('set-cookie')).toMatch(/luma_sync_operator=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('ends the session with the logout, also for somebody who has a copy of the cookie', async () => {
    const [cookie, other] = [cookieOf(await login(OPERATOR_PASSWORD)), cookieOf(await login(OPERATOR_PASSWORD))];
    const board = (session: string) => get('/queues/api/queues', { cookie: session });
    expect((await board(cookie)).status).toBe(200);
    await request(`${ingress.url}/logout`, { method: 'POST', headers: { cookie } });
    expect((await board(cookie)).status).toBe(401);
    expect((await board(other)).status).toBe(200);
  });

  it('cannot be led elsewhere after the login', async () => {
    for (const to of [
      'https://evil.example.org',
      '//evil.example.org',
      '/queues/../../x',
      '/queues?x=<script>',
      '/v1/events',
    ]) {
      const answer = await login(OPERATOR_PASSWORD, {}, `?to=${encodeURIComponent(to)}`);
      expect([to, answer.headers.get('location')]).toEqual([to, '/queues']);
    }
  });

  it('is not let in by a made-up cookie, nor by an API key', async () => {
    expect(
      (await get('/queues/api/queues', { cookie: 'luma_sync_operator=9999999999999.AAAAAAAAAAAAAAAAAAAAAA.x' })).status,
    ).toBe(401);
    expect((await ingress.call('GET', '/queues/api/queues')).status).toBe(401);
  });

  it('cannot be made to change anything by a page of another site', async () => {
    const foreign = { origin: 'https://evil.example.org' };
    expect((await login(OPERATOR_PASSWORD, foreign)).status).toBe(403);
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    const pause = (headers: Record<string, string>) =>
      request(`${ingress.url}/queues/api/queues/events/pause`, { method: 'PUT', headers: { cookie, ...headers } });
    expect((await pause(foreign)).status).toBe(403);
    expect((await pause({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    // Let through, and refused by the board itself: it is for looking.
    expect((await pause({ 'sec-fetch-site': 'same-origin' })).status).toBe(405);
  });

  it('is told when Redis is away', async () => {
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    isRedisReady = false;
    const page = await get('/queues', { cookie, ...html });
    isRedisReady = true;
    expect(page.status).toBe(503);
    expect(page.body).toContain('Redis is away');
  });

  it('has a cookie that no neighbouring host can set, where the address is served by TLS', async () => {
    const secure = await openIngress({ settings: { publicUrl: 'https://sync.test' } });
    const opened = await request(`${secure.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ password: OPERATOR_PASSWORD }),
    });
    const session = opened.headers.getSetCookie().find((cookie) => cookie.includes('operator'));
    expect(session).toMatch(/^__Host-luma_sync_operator=[^;]+; .*Path=\/;.* HttpOnly; Secure; SameSite=Strict/);
    expect(session).not.toContain('Domain');
    const [cookie = ''] = (session ?? '').split(';');
    expect((await request(`${secure.url}/queues/api/queues`, { headers: { cookie } })).status).toBe(200);
  });

  it('leaves nothing of the queues in a cache', async () => {
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    for (const path of ['/queues', '/queues/api/queues'])
      expect([path, (await get(path, { cookie, ...html })).headers.get('cache-control')]).toEqual([path, 'no-store']);
  });

  /** Guards against texts of Luma that turn a line round or move the cursor. */
  it('sees control characters of a job written out', async () => {
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    const { body } = await get('/queues/api/queues?activeQueue=events&page=1&jobsPerPage=10', { cookie });
    const shown = JSON.stringify(body);
    expect(shown).toContain('op\\\\u{202e}\\\\u{1b}2');
    expect(shown).not.toMatch(/\u202e|\\u001b/);
  });

  it('leaves an entry in the audit log with each login, refused login and logout', async () => {
    await login('guess');
    const cookie = cookieOf(await login(OPERATOR_PASSWORD));
    await request(`${ingress.url}/logout`, { method: 'POST', headers: { cookie } });
    const { body } = await ingress.call('GET', '/v1/audit-log?subject=operator&limit=3');
    expect(body.data).toMatchObject([
      { action: 'operator.logout', actorKind: 'operator' },
      { action: 'operator.login', actor: 'operator', address: expect.stringMatching(/127\.0\.0\.1$/) },
      { action: 'operator.login_refused', changes: null },
    ]);
    expect(JSON.stringify(body)).not.toContain('guess');
  });

  /** Guards against a guess that names another address with each try: a proxy is believed that is not there. */
  it('is throttled for all addresses together, but not in a browser that was let in before', async () => {
    const open = await openIngress({ settings: { trustedProxies: 1 } });
    const guess = (password: string, n: number, headers: Record<string, string> = {}) =>
      request(`${open.url}/login`, {
        method: 'POST',
        headers: { 'x-forwarded-for': `198.51.100.${n % 250}`, ...headers },
        body: new URLSearchParams({ password }),
      });
    const first = await guess(OPERATOR_PASSWORD, 0);
    const device =
      first.headers
        .getSetCookie()
        .find((cookie) => cookie.includes('device'))
        ?.split(';')[0] ?? '';
    let answer = first;
    for (let n = 1; n < 200 && answer.status !== 429; n += 1) answer = await guess(`guess ${n}`, n);
    expect(answer.status).toBe(429);
    expect((await guess(OPERATOR_PASSWORD, 201)).status).toBe(429);
    expect((await guess(OPERATOR_PASSWORD, 202, { cookie: device })).status).toBe(303);
    const madeUp = { cookie: 'luma_sync_device=9999999999999.AAAAAAAAAAAAAAAAAAAAAA.x' };
    expect((await guess(OPERATOR_PASSWORD, 203, madeUp)).status).toBe(429);
  });

  it('has ten tries, and the right password does not help after them', async () => {
    const guessed = await openIngress();
    const guess = (password: string) =>
      request(`${guessed.url}/login`, { method: 'POST', body: new URLSearchParams({ password }) });
    const statuses = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await guess(`guess ${n}`)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await guess(OPERATOR_PASSWORD)).status).toBe(429);
  });
});
