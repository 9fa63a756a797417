import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLumaSyncClient } from './client.js';
import { ApiError, NoAnswerError, OperationFailedError, OperationPendingError, RateLimitedError } from './errors.js';

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}
interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  silent?: boolean;
}

const asked: Asked[] = [];
let replies: Reply[] = [];
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    asked.push({ method: req.method, url: req.url, headers: req.headers, body });
    const { status = 200, headers = {}, body: answer = {}, silent = false } = replies.shift() ?? {};
    if (silent) return;
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  replies = [];
});

const client = (over = {}) => createLumaSyncClient({ baseUrl: `${baseUrl}/`, apiKey: 'lsk_test', ...over });
const event = { title: 'Drums', startsAt: '2027-01-05T18:00:00Z', endsAt: '2027-01-05T20:00:00Z', timezone: 'UTC' };

describe('requests', () => {
  it.each(['', '.', '..'])('with a key that would lead to another address are not sent (%j)', async (key) => {
    // An address ends before such a part, or takes the part before it away: it would reach another route with the same
    // rights.
    await expect(client().events.get(key)).rejects.toThrow(TypeError);
    await expect(client().rsvps.put('e1', key, { name: 'A', email: 'a@example.org', status: 'going' })).rejects.toThrow(
      TypeError,
    );
    expect(asked).toEqual([]);
  });

  it('carry key, type and body, and keys with any character', async () => {
    replies = [{ status: 202, body: { event: { id: 'e1' }, operation: { id: 'o1', state: 'queued' } } }];
    const { operation } = await client().events.put('a/b c?ü', event);
    expect(operation).toEqual({ id: 'o1', state: 'queued' });
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      url: '/v1/events/a%2Fb%20c%3F%C3%BC',
      headers: { authorization: 'Bearer lsk_test', 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
    expect(asked[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('each POST has an idempotency key of its own, or the one it is given', async () => {
    const { guests } = client();
    replies = Array.from({ length: 3 }, () => ({ status: 202, body: { operation: { id: 'o1', state: 'queued' } } }));
    await guests.pull('e1', { sendEmails: false });
    await guests.pull('e1');
    await guests.pull('e1', {}, { idempotencyKey: 'mine' });
    const keys = asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys[2]).toBe('mine');
  });

  it('codes go as CSV', async () => {
    replies = [{ body: { imported: 1, duplicates: 0, invalid: [] } }];
    expect(await client().couponPools.import('p1', 'A1\n')).toEqual({ imported: 1, duplicates: 0, invalid: [] });
    expect(asked[0]).toMatchObject({
      url: '/v1/coupon-pools/p1/imports',
      headers: { 'content-type': 'text/csv' },
      body: 'A1\n',
    });
  });

  it('filters become a query, absent ones do not', async () => {
    replies = [{ body: { data: [], nextCursor: null } }];
    await client().events.list({ from: '2027-01-01T00:00:00+05:30', limit: 10 });
    expect(asked[0]?.url).toBe('/v1/events?from=2027-01-01T00%3A00%3A00%2B05%3A30&limit=10');
  });

  it('an empty answer is undefined', async () => {
    replies = [{ status: 204, body: '' }];
    expect(await client().calendars.remove('c1')).toBeUndefined();
  });

  it('all pages are walked once, and a cursor that repeats ends the walk', async () => {
    replies = [
      { body: { data: [{ id: '1' }], nextCursor: 'c1' } },
      { body: { data: [{ id: '2' }], nextCursor: null } },
    ];
    const ids = [];
    for await (const { id } of client().events.all()) ids.push(id);
    expect(ids).toEqual(['1', '2']);
    expect(asked[1]?.url).toBe('/v1/events?limit=200&cursor=c1');
    replies = Array.from({ length: 3 }, () => ({ body: { data: [], nextCursor: 'same' } }));
    const walk = client().operations.all();
    await expect(walk.next()).rejects.toThrow('repeats a cursor');
  });
});

describe('refusals', () => {
  it('have status, code and fields', async () => {
    const errors = [{ path: 'email', message: 'Add your email in Profile to RSVP for events' }];
    replies = [
      {
        status: 422,
        headers: { 'content-type': 'application/problem+json', 'x-request-id': 'r1' },
        body: { status: 422, code: 'rsvp.email_required', title: 'Add your email', errors },
      },
    ];
    const refused = client().rsvps.put('e1', 'p1', { name: 'Ana', email: null, status: 'going' });
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'rsvp.email_required', errors, requestId: 'r1' });
  });

  it.each([
    ['7', 7_000],
    ['', 5_000],
    ['soon', 5_000],
    ['-5', 5_000],
    ['1e9', 5_000],
    ['Nov 2030', 5_000],
    [new Date(Date.now() - 1_000).toUTCString(), 0],
  ])('a 429 with Retry-After "%s" says when to come back', async (header, retryAfterMs) => {
    replies = [
      { status: 429, headers: { 'retry-after': header }, body: { code: 'request.rate_limited', title: 'too many' } },
    ];
    const refused = client().events.get('e1');
    await expect(refused).rejects.toBeInstanceOf(RateLimitedError);
    await expect(refused).rejects.toMatchObject({ status: 429, retryAfterMs });
  });

  it('a page of some proxy is a refusal like others', async () => {
    replies = [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' }];
    await expect(client().events.get('e1')).rejects.toMatchObject({ status: 502, code: 'unknown' });
  });

  it('a redirect is not followed: the key would go along', async () => {
    replies = [{ status: 302, headers: { location: `${baseUrl}/elsewhere` } }];
    await expect(client().events.get('e1')).rejects.toBeInstanceOf(NoAnswerError);
    expect(asked).toHaveLength(1);
  });
});

describe('no answer', () => {
  it('ends after the time limit, and tells under which key a POST can be repeated', async () => {
    replies = [{ silent: true }];
    // Long enough for a busy machine to have sent the request.
    const lost = client({ timeoutMs: 2_000 }).driftChecks.start();
    await expect(lost).rejects.toBeInstanceOf(NoAnswerError);
    const error = (await lost.catch((thrown: unknown) => thrown)) as NoAnswerError;
    expect(error.idempotencyKey).toBe(asked[0]?.headers['idempotency-key']);
  });

  it('without a connection, too, and never names the key', async () => {
    const lost = createLumaSyncClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'lsk_secret' }).events.get('e1');
    await expect(lost).rejects.toMatchObject({ name: 'NoAnswerError', idempotencyKey: null });
    expect(JSON.stringify(await lost.catch((thrown: unknown) => Object.entries(thrown as object)))).not.toContain(
      'secret',
    );
  });

  it('ends when the caller gives up', async () => {
    replies = [{ silent: true }];
    const giveUp = new AbortController();
    const lost = client().events.get('e1', { signal: giveUp.signal });
    giveUp.abort();
    await expect(lost).rejects.toBeInstanceOf(NoAnswerError);
  });
});

describe('operations.wait', () => {
  const operation = (state: string, over = {}) => ({
    body: { operation: { id: 'o1', job: 'event.push', state, error: null, waiting: null, ...over } },
  });

  it('looks until it is done', async () => {
    replies = [operation('queued'), operation('running'), operation('done')];
    expect(await client().operations.wait('o1')).toMatchObject({ state: 'done' });
    expect(asked).toHaveLength(3);
  });

  it('throws what it failed with', async () => {
    replies = [operation('failed', { error: { code: 'luma.rejected', message: 'Invalid request' } })];
    const failed = client().operations.wait('o1');
    await expect(failed).rejects.toBeInstanceOf(OperationFailedError);
    await expect(failed).rejects.toThrow('luma.rejected');
  });

  it('gives up at its limit, with the reason it waits', async () => {
    replies = Array.from({ length: 5 }, () =>
      operation('queued', { waiting: { reason: 'limiter.budget', until: '2027-01-01T00:00:00.000Z' } }),
    );
    const pending = client().operations.wait('o1', { limitMs: 1 });
    await expect(pending).rejects.toBeInstanceOf(OperationPendingError);
    await expect(pending).rejects.toThrow('limiter.budget');
  });

  it('stops when the caller gives up', async () => {
    replies = Array.from({ length: 5 }, () => operation('queued'));
    const waiting = client().operations.wait('o1', { signal: AbortSignal.timeout(20) });
    await expect(waiting).rejects.toMatchObject({ name: expect.stringMatching(/TimeoutError|NoAnswerError/) });
  });
});
