import { pipeline, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  InterruptedError,
  JobError,
  OutcomeUnknownError,
  PermanentError,
  RetryAfterError,
  RetryableError,
} from '@luma-sync/jobs';
import {
  documentedCreated,
  documentedEvent,
  documentedEventPage,
  documentedGuest,
  recordedBadKey,
  recordedInvalidRequest,
  recordedLegacyCreated,
  recordedLegacyEvent,
  recordedLegacyEventPage,
  recordedLegacyGuest,
  recordedLegacyLastEventPage,
  recordedLegacySelf,
  recordedNoAccess,
} from '@luma-sync/testkit/luma-fixtures';
import { createRecordingGate, type RecordingGate } from '../test/recording-gate.js';
import { json, type Script, type ScriptedServer, startScriptedServer } from '../test/scripted-server.js';
import { createLumaClient, type LumaClient, type LumaClientOptions } from './create-luma-client.js';
import type { CallOptions, ListedPage, Listing, ListingEnd } from './luma-api.js';

const API_KEY = 'secret-abc123';
const call = (options: Partial<CallOptions> = {}): CallOptions => ({
  signal: new AbortController().signal,
  priority: 'sync',
  ...options,
});
const newEvent = { name: 'Meetup', start_at: '2030-01-01T18:00:00Z', timezone: 'Europe/Berlin' };

let server: ScriptedServer;
let script: Script;
let gate: RecordingGate;
let client: LumaClient;

const open = (options: Partial<LumaClientOptions> = {}): LumaClient => {
  client?.close();
  client = createLumaClient({
    baseUrl: server.url,
    apiKey: API_KEY,
    account: 'fingerprint',
    slots: gate,
    userAgent: 'luma-sync/0.1',
    ...options,
  });
  return client;
};

beforeEach(async () => {
  script = json(200, {});
  server = await startScriptedServer((...args) => script(...args));
  gate = createRecordingGate();
  open();
});
afterEach(async () => {
  client.close();
  await server.close();
  expect(server.outside()).toEqual([]);
});

/** The error of a call that must fail. */
async function failure(promise: Promise<unknown>): Promise<JobError> {
  const thrown = await promise.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof JobError)) throw thrown;
  return thrown;
}

describe('a request', () => {
  it('carries the key, our name and nothing else that tells', async () => {
    script = json(200, documentedEvent);
    await client.getEvent('evt-A', call());
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/v1/events/get?event_id=evt-A' });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-luma-api-key': API_KEY, 'user-agent': 'luma-sync/0.1' });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('carries the id of its slot, each another one', async () => {
    script = json(200, documentedEvent);
    await client.getEvent('evt-A', call());
    await client.updateEvent('evt-A', { name: 'B' }, { suppressNotifications: true }, call());
    expect(server.seen.map(({ headers }) => headers['x-request-id'])).toEqual(['slot-1', 'slot-2']);
  });

  it('encodes the plus of a mail address, and repeats the keys of a list', async () => {
    script = json(200, documentedGuest);
    await client.getGuest('evt-A', 'ann+luma@example.org', call());
    script = json(200, documentedEventPage);
    await client.listEvents({ access: ['manage', 'view'] }, call());
    expect(server.seen[0]?.url).toBe('/v1/events/guests/get?event_id=evt-A&id=ann%2Bluma%40example.org');
    expect(server.seen[1]?.url).toBe('/v1/calendars/events/list?access=manage&access=view');
  });

  it.each([
    ['', '/v1/users/get-self'],
    ['/', '/v1/users/get-self'],
    ['/public', '/public/v1/users/get-self'],
    ['/public/v1/', '/public/v1/users/get-self'],
  ])('works with the base path "%s"', async (basePath, expected) => {
    script = json(200, recordedLegacySelf);
    await open({ baseUrl: server.url + basePath }).getSelf(call());
    expect(server.seen[0]?.url).toBe(expected);
  });

  it('says in every write that can mail people whether Luma may', async () => {
    await client.updateEvent('evt-A', { name: 'New' }, { suppressNotifications: true }, call());
    await client.addGuests('evt-A', { guests: [{ email: 'a@example.org' }] }, { sendEmail: false }, call());
    await client.updateGuestStatus('evt-A', { guest_id: 'gst-A', status: 'approved' }, { sendEmail: false }, call());
    expect(server.seen.map((seen) => JSON.parse(seen.body))).toEqual([
      { event_id: 'evt-A', name: 'New', suppress_notifications: true },
      { event_id: 'evt-A', guests: [{ email: 'a@example.org' }], send_email: false },
      { event_id: 'evt-A', guest_id: 'gst-A', status: 'approved', send_email: false },
    ]);
  });

  it('reads old wrapped answers like present flat ones', async () => {
    script = json(200, recordedLegacyEvent);
    expect((await client.getEvent('evt-A', call())).id).toBe('evt-A');
    script = json(200, recordedLegacyGuest);
    expect((await client.getGuest('evt-A', 'gst-A', call())).user_email).toBe('a@example.org');
    script = json(200, recordedLegacyCreated);
    expect(await client.createEvent(newEvent, call())).toEqual({ id: 'evt-A' });
    script = json(200, documentedCreated);
    expect(await client.createEvent(newEvent, call())).toEqual({ id: 'evt-A' });
  });

  it('uses a connection again', async () => {
    await client.deleteWebhook('whk-A', call());
    await client.deleteWebhook('whk-A', call());
    expect(server.connections()).toBe(1);
  });
});

describe('the slot', () => {
  it('is asked for with what the limiter needs, and settled by the answer with its headers', async () => {
    script = json(200, documentedEvent, { 'x-ratelimit-remaining': '7' });
    await client.getEvent('evt-A', call({ priority: 'bulk' }));
    expect(gate.asked).toMatchObject([
      { account: 'fingerprint', method: 'read', priority: 'bulk', requestTimeoutMs: 30_000 },
    ]);
    expect(gate.settled).toMatchObject([{ id: 'slot-1', status: 200, headers: { 'x-ratelimit-remaining': '7' } }]);
    expect(gate.released).toEqual([]);
  });

  it('is needed: denied means that nothing is sent', async () => {
    gate.answerNext({ granted: false, retryAfterMs: 1_234, reason: 'budget' });
    const error = await failure(client.getSelf(call()));
    expect(error).toMatchObject({ code: 'limiter.budget', waitMs: 1_234, scope: 'job' });
    gate.answerNext({ granted: false, retryAfterMs: 5_000, reason: 'blocked' });
    expect(await failure(client.getSelf(call()))).toMatchObject({ code: 'limiter.blocked', scope: 'account' });
    expect(server.connections()).toBe(0);
  });

  it('can be waited for without a request, and is given back then', async () => {
    await client.waitForSlot('write', call({ priority: 'bulk' }));
    expect(gate.asked).toMatchObject([{ account: 'fingerprint', method: 'write', priority: 'bulk' }]);
    expect(gate.released).toEqual(['slot-1']);
    gate.answerNext({ granted: false, retryAfterMs: 1_234, reason: 'paced' });
    expect(await failure(client.waitForSlot('read', call()))).toMatchObject({ code: 'limiter.paced', waitMs: 1_234 });
    expect(server.connections()).toBe(0);
  });

  it('tells of a wait for it as an error would', async () => {
    const waits: unknown[] = [];
    const gate = createRecordingGate();
    const slow = {
      ...gate,
      acquire: (request: Parameters<typeof gate.acquire>[0]) => {
        request.onWait?.({ reason: 'cold-start', forMs: 900 });
        return gate.acquire(request);
      },
    };
    open({ slots: slow });
    script = json(200, documentedEvent);
    await client.getEvent('evt-A', call({ onWait: (wait) => void waits.push(wait) }));
    expect(waits).toEqual([{ code: 'limiter.cold_start', forMs: 900 }]);
  });

  it('is settled by a refusal too', async () => {
    script = json(400, recordedInvalidRequest.body);
    await failure(client.getSelf(call()));
    expect(gate.settled).toMatchObject([{ status: 400 }]);
  });

  it('ages from its deadline when the answer is lost: neither settled nor given back', async () => {
    script = (_request, response) => response.destroy();
    await failure(client.createEvent(newEvent, call()));
    expect(gate.settled).toEqual([]);
    expect(gate.released).toEqual([]);
  });

  it('that ran out before sending is given back, and nothing is sent', async () => {
    gate.remainingMs = 0;
    expect(await failure(client.createEvent(newEvent, call()))).toMatchObject({ code: 'limiter.slot_expired' });
    expect(server.seen).toEqual([]);
    expect(gate.released).toEqual(['slot-1']);
  });

  it('bounds the request by the time it has left', async () => {
    gate.remainingMs = 60;
    script = () => undefined; // never answers
    expect(await failure(client.getSelf(call()))).toMatchObject({ code: 'luma.unavailable' });
  });
});

describe('the last check before sending', () => {
  it('comes after the slot and before the first byte', async () => {
    const order: string[] = [];
    script = (request, response, nth) => {
      order.push('arrived');
      json(200, {})(request, response, nth);
    };
    await client.deleteWebhook(
      'whk-A',
      call({ beforeSend: () => void order.push(`checked after ${gate.asked.length}`) }),
    );
    expect(order).toEqual(['checked after 1', 'arrived']);
  });

  it.each(['first', 'reused'])('stops the request on a %s connection and gives the slot back', async (connection) => {
    if (connection === 'reused') await client.deleteWebhook('whk-A', call());
    const before = server.seen.length;
    const lost = new RetryAfterError('operation.lease_lost', 'lost', { waitMs: 0 });
    const beforeSend = (): void => {
      throw lost;
    };
    expect(await failure(client.createEvent(newEvent, call({ beforeSend })))).toBe(lost);
    // A request that did arrive would be there before the next one.
    await client.deleteWebhook('whk-B', call());
    expect(server.seen.length).toBe(before + 1);
    expect(gate.released).toHaveLength(1);
  });
});

describe('an error', () => {
  const statuses: [string, number, unknown, object][] = [
    ['a refused key', 401, recordedBadKey.body, { code: 'luma.auth_failed', verdict: 'wait', scope: 'account' }],
    ['a foreign event', 403, recordedNoAccess.body, { code: 'luma.forbidden', verdict: 'fail' }],
    ['an unknown guest', 404, { message: 'Not found', code: null }, { code: 'luma.not_found', verdict: 'fail' }],
    ['a bad request', 400, recordedInvalidRequest.body, { code: 'luma.rejected', verdict: 'fail' }],
    [
      'a lapsed plan',
      403,
      { message: 'This calendar needs an active Luma Plus plan.', code: null },
      { code: 'luma.plan_inactive', verdict: 'wait', scope: 'account' },
    ],
    ['a broken server', 503, { message: 'try later', code: null }, { code: 'luma.unavailable', verdict: 'retry' }],
  ];
  it.each(statuses)('for %s (%d) has its class and code', async (_what, status, body, expected) => {
    script = json(status, body);
    expect(await failure(client.getEvent('evt-A', call()))).toMatchObject(expected);
    expect(server.seen).toHaveLength(1); // never repeated by itself
  });

  it('that refuses the key itself is told before the caller has it, in a listing as well; no other one is', async () => {
    const told: string[] = [];
    open({
      onRefusedKey: async ({ code }) => {
        told.push(code);
        throw new Error('the status could not be stored');
      },
    });
    for (const [, status, body, expected] of statuses) {
      script = json(status, body);
      expect(await failure(client.getEvent('evt-A', call()))).toMatchObject(expected);
    }
    expect(told).toEqual(['luma.auth_failed', 'luma.plan_inactive']);
    script = json(401, recordedBadKey.body);
    const listing = client.listAllEvents({}, call());
    expect((await listing.next()).value).toMatchObject({ complete: false, error: { code: 'luma.auth_failed' } });
    expect(told).toEqual(['luma.auth_failed', 'luma.plan_inactive', 'luma.auth_failed']);
  });

  it.each([200, 403, 502])('for HTML with status %d is a passing one: a proxy spoke, not Luma', async (status) => {
    script = (_request, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>');
    expect(await failure(client.getEvent('evt-A', call()))).toMatchObject({
      code: 'luma.unavailable',
      verdict: 'retry',
    });
  });

  it("tells Luma's own words, without addresses and secrets, and not too many", async () => {
    const message = `Bad value ann@example.org for ${API_KEY} ${'x'.repeat(500)}`;
    script = json(400, { message, code: null });
    const error = await failure(client.getEvent('evt-A', call()));
    expect(error.message).toContain('Bad value <mail> for <secret>');
    expect(error.message.length).toBeLessThan(400);
  });

  it('holds nothing of the request: no key, no address, no body', async () => {
    script = (_request, response) => response.destroy();
    const error = await failure(client.getGuest('evt-A', 'ann@example.org', call()));
    const everything = [error, error.cause]
      .map((one) => `${String(one)} ${JSON.stringify(one)} ${(one as Error).stack}`)
      .join();
    expect(everything).not.toMatch(/ann|secret-/);
  });

  it.each([
    ['seconds', { 'retry-after': '90' }, 90_000],
    ['a date', { 'retry-after': 'Tue, 01 Jan 2030 00:02:00 GMT', date: 'Tue, 01 Jan 2030 00:00:00 GMT' }, 120_000],
    ['nothing', {}, 60_000],
    ['a negative number', { 'retry-after': '-5' }, 60_000],
    ['no wait', { 'retry-after': '0' }, 60_000],
    ['a year', { 'retry-after': '2030' }, 2_030_000],
    [
      'a date that is past',
      { 'retry-after': 'Tue, 01 Jan 2030 00:00:00 GMT', date: 'Tue, 01 Jan 2030 00:00:01 GMT' },
      60_000,
    ],
    ['a word and a date that is none', { 'retry-after': 'soon', date: '-5' }, 60_000],
  ])('for 429 with %s blocks the key for all and waits at least that long', async (_what, headers, atLeastMs) => {
    script = json(429, { message: 'Too many requests', code: null }, headers);
    const error = await failure(client.createEvent(newEvent, call()));
    expect(error).toMatchObject({ code: 'luma.rate_limited', verdict: 'wait', scope: 'account' });
    expect(gate.blocks).toHaveLength(1);
    const [{ account, forMs } = { account: '', forMs: 0 }] = gate.blocks;
    expect(account).toBe('fingerprint');
    expect(forMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(forMs).toBeLessThan(atLeastMs + 3_000);
    expect((error as RetryAfterError).waitMs).toBeGreaterThanOrEqual(atLeastMs);
  });

  it('for a closed port says that nothing was sent, and gives the slot back', async () => {
    await server.close();
    const error = await failure(client.createEvent(newEvent, call()));
    expect(error).toMatchObject({ code: 'luma.unreachable', verdict: 'retry' });
    expect(error).not.toBeInstanceOf(OutcomeUnknownError);
    expect(gate.released).toEqual(['slot-1']);
    server = await startScriptedServer((...args) => script(...args));
  });

  const lostAnswers: [string, Script][] = [
    ['a reset', (_request, response) => void response.socket?.resetAndDestroy()],
    [
      'a half answer',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"id":', () => response.destroy());
      },
    ],
    ['no JSON', (_request, response) => response.end('ok')],
    ['a 500', json(500, { message: 'oops', code: null })],
    ['an answer without the id', json(200, { ok: true })],
  ];
  it.each(lostAnswers)('for %s after a create means: unknown, look first', async (_what, lost) => {
    script = lost;
    const error = await failure(client.createEvent(newEvent, call()));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(server.seen).toHaveLength(1);
  });

  it('for no answer in time after a write means: unknown', async () => {
    script = () => undefined;
    const slow = open({ requestTimeoutMs: 100 });
    const error = await failure(slow.updateEvent('evt-A', {}, { suppressNotifications: true }, call()));
    expect(error).toMatchObject({ code: 'luma.outcome_unknown' });
    expect(error).toBeInstanceOf(OutcomeUnknownError);
  });

  it('for a 500 after a quiet update may be repeated, after one that mails it may not', async () => {
    script = json(500, { message: 'oops', code: null });
    const quiet = await failure(client.updateEvent('evt-A', {}, { suppressNotifications: true }, call()));
    const loud = await failure(client.updateEvent('evt-A', {}, { suppressNotifications: false }, call()));
    expect(quiet).toMatchObject({ code: 'luma.unavailable' });
    expect(quiet).not.toBeInstanceOf(OutcomeUnknownError);
    expect(loud).toBeInstanceOf(OutcomeUnknownError);
  });

  it('for an unknown shape names fields, not values', async () => {
    script = json(200, { ...documentedEvent, start_at: 'ann@example.org', timezone: 7 });
    const error = await failure(client.getEvent('evt-A', call()));
    expect(error).toMatchObject({ code: 'luma.unexpected_answer', verdict: 'retry' });
    expect(error.message).toContain('start_at, timezone');
    expect(error.message).not.toContain('ann@');
  });

  it('for an answer without end stops reading', async () => {
    script = (_request, response) => {
      function* endless(): Generator<string> {
        for (;;) yield 'x'.repeat(65_536);
      }
      // The client goes away in the middle, which is an error of the pipeline.
      pipeline(Readable.from(endless()), response, () => undefined);
    };
    expect(await failure(open({ answerBytesMax: 200_000 }).getSelf(call()))).toBeInstanceOf(RetryableError);
  });
});

describe('an abort', () => {
  it('before the slot sends nothing', async () => {
    const stopped = AbortSignal.abort();
    expect(await failure(client.createEvent(newEvent, call({ signal: stopped })))).toBeInstanceOf(InterruptedError);
    expect(server.connections()).toBe(0);
  });

  it('during a read ends it at once', async () => {
    const stop = new AbortController();
    script = () => stop.abort();
    expect(await failure(client.getSelf(call({ signal: stop.signal })))).toBeInstanceOf(InterruptedError);
  });

  it('lets a write that is out come to its answer', async () => {
    const stop = new AbortController();
    script = (request, response, nth) => {
      stop.abort();
      setImmediate(() => json(200, documentedCreated)(request, response, nth));
    };
    expect(await client.createEvent(newEvent, call({ signal: stop.signal }))).toEqual({ id: 'evt-A' });
  });
});

describe('a reading that may find nothing', () => {
  it('tells foreign-or-gone from unknown, and both from found', async () => {
    script = json(403, recordedNoAccess.body);
    expect(await client.findEvent('evt-A', call())).toEqual({ kind: 'forbidden' });
    script = json(404, { message: 'Not found', code: null });
    expect(await client.findGuest('evt-A', 'gst-A', call())).toEqual({ kind: 'missing' });
    script = json(200, documentedGuest);
    expect(await client.findGuest('evt-A', 'gst-A', call())).toMatchObject({ kind: 'found', record: { id: 'gst-A' } });
    script = json(500, {});
    expect(await failure(client.findEvent('evt-A', call()))).toBeInstanceOf(RetryableError);
  });
});

describe('a listing', () => {
  const page = (ids: string[], rest: object) => ({
    entries: ids.map((id) => ({ ...documentedEventPage.entries[0], id })),
    ...rest,
  });
  async function walk<T extends { id: string }>(
    listing: Listing<T>,
  ): Promise<{ pages: ListedPage<T>[]; end: ListingEnd }> {
    const pages: ListedPage<T>[] = [];
    for (;;) {
      const step = await listing.next();
      if (step.done) return { pages, end: step.value };
      pages.push(step.value);
    }
  }
  const ids = (pages: ListedPage<{ id: string }>[]): string[] =>
    pages.flatMap(({ entries }) => entries.map(({ id }) => id));

  it('goes on by has_more alone: the last page has a cursor too', async () => {
    script = (request, response, nth) =>
      json(200, nth === 1 ? recordedLegacyEventPage : recordedLegacyLastEventPage)(request, response, nth);
    const { end } = await walk(client.listAllEvents({ after: '2020-01-01T00:00:00Z' }, call()));
    expect(end).toEqual({ complete: true, pages: 2 });
    expect(server.seen.map((seen) => seen.url)).toEqual([
      '/v1/calendars/events/list?after=2020-01-01T00%3A00%3A00Z',
      expect.stringMatching(/&pagination_cursor=eyJ/),
    ]);
    expect(gate.asked).toHaveLength(2);
  });

  it('T10 gives each record once, though rows move during the walk', async () => {
    script = (request, response, nth) =>
      json(
        200,
        nth === 1 ? page(['a', 'b'], { has_more: true, next_cursor: 'c1' }) : page(['b', 'c'], { has_more: false }),
      )(request, response, nth);
    const { pages, end } = await walk(client.listAllEvents({}, call()));
    expect(ids(pages)).toEqual(['a', 'b', 'c']);
    expect(end.complete).toBe(true);
  });

  it('is incomplete when a cursor comes again, and stops', async () => {
    script = json(200, page(['a'], { has_more: true, next_cursor: 'c1' }));
    const { end } = await walk(client.listAllEvents({}, call()));
    expect(end).toEqual({ complete: false, pages: 2, reason: 'cursor-repeated' });
  });

  it('is incomplete without a cursor to go on with', async () => {
    script = json(200, page(['a'], { has_more: true }));
    expect((await walk(client.listAllEvents({}, call()))).end).toMatchObject({
      complete: false,
      reason: 'cursor-missing',
    });
  });

  it('is incomplete after as many pages as it may have', async () => {
    script = (request, response, nth) =>
      json(200, page([`e${nth}`], { has_more: true, next_cursor: `c${nth}` }))(request, response, nth);
    const { end } = await walk(client.listAllEvents({}, call(), { maxPages: 3 }));
    expect(end).toEqual({ complete: false, pages: 3, reason: 'too-many-pages' });
  });

  it('is incomplete when a page fails, says why, and can go on from there', async () => {
    script = (request, response, nth) =>
      nth === 2
        ? json(503, {})(request, response, nth)
        : json(200, page([`e${nth}`], { has_more: nth === 1, next_cursor: `c${nth}` }))(request, response, nth);
    const { pages, end } = await walk(client.listAllEvents({}, call()));
    expect(ids(pages)).toEqual(['e1']);
    expect(end).toMatchObject({
      complete: false,
      reason: 'page-failed',
      cursor: 'c1',
      error: { code: 'luma.unavailable' },
    });
    const rest = await walk(client.listAllEvents({}, call(), { cursor: 'c1' }));
    expect(ids(rest.pages)).toEqual(['e3']);
    expect(server.seen.at(-1)?.url).toContain('pagination_cursor=c1');
  });

  it('is complete when an entry cannot be read, gives the others, and tells which it was', async () => {
    script = json(200, { entries: [documentedEventPage.entries[0], { id: 'evt-B' }], has_more: false });
    const { pages, end } = await walk(client.listAllEvents({}, call()));
    expect(ids(pages)).toEqual(['evt-A']);
    expect(end).toEqual({ complete: true, pages: 1 });
    expect(pages.flatMap(({ odd }) => odd)).toMatchObject([{ isRead: false, identity: { id: 'evt-B' } }]);
  });
});

describe('an image', () => {
  it('goes to its place without key and slot', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    await client.uploadImage(`${server.url}/upload/x?sig=1`, { bytes, contentType: 'image/png' }, call());
    expect(server.seen[0]).toMatchObject({
      method: 'PUT',
      url: '/upload/x?sig=1',
      headers: { 'content-type': 'image/png' },
    });
    expect(server.seen[0]?.headers['x-luma-api-key']).toBeUndefined();
    expect(gate.asked).toEqual([]);
  });
});

describe('a client', () => {
  it.each([{ apiKey: ' ' }, { baseUrl: 'luma' }])('is not made from %j', (wrong) => {
    expect(() => open(wrong)).toThrow(RangeError);
  });

  it('tells of every request, with path and outcome and nothing personal', async () => {
    const told: object[] = [];
    open({ onRequest: (info) => told.push(info) });
    script = json(400, recordedInvalidRequest.body);
    await failure(client.getGuest('evt-A', 'ann@example.org', call()));
    expect(told).toEqual([
      {
        method: 'GET',
        path: '/v1/events/guests/get',
        status: 400,
        durationMs: expect.any(Number),
        code: 'luma.rejected',
        date: expect.stringMatching(/GMT$/),
      },
    ]);
  });

  it('classes what is permanent as permanent', async () => {
    script = json(404, { message: 'Not found', code: null });
    expect(await failure(client.getEvent('evt-A', call()))).toBeInstanceOf(PermanentError);
  });
});
