import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, request, type TestAnswer, type TestIngress } from '../../test/open-ingress.js';
import { addRecords, fillPath, type RecordsOfACalendar } from '../../test/records-of-a-calendar.js';
import { v1Routes } from './routes/all.js';

let ingress: TestIngress;
let own: RecordsOfACalendar;
let foreign: RecordsOfACalendar;
let bound: string;
let ofTwo: string;
let paths: [string, string][];
beforeAll(async () => {
  ingress = await openIngress();
  const other = await ingress.call('POST', '/v1/calendars', { name: 'Foreign', kind: 'luma', apiKey: 'k-2' });
  const third = await ingress.call('POST', '/v1/calendars', { name: 'Third', kind: 'luma', apiKey: 'k-3' });
  own = await addRecords(ingress.db, 'own', ingress.calendarId);
  foreign = await addRecords(ingress.db, 'foreign', other.body.calendar.id);
  bound = await ingress.keyWith(['admin'], { calendarIds: [own.calendarId] });
  ofTwo = await ingress.keyWith(['write'], { calendarIds: [own.calendarId, third.body.calendar.id] });
  const document = (await ingress.call('GET', '/openapi.json')).body;
  paths = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]),
  );
});

const callWith = (key: string, method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  ingress.call(method, path, body, { authorization: `Bearer ${key}` });
const routeOf = (method: string, path: string) =>
  v1Routes.find((route) => route.path === path && route.method === method.toLowerCase());

/** What a command needs to get as far as it can; a body that does not fit would hide whether the record was found. */
const BODIES: Record<string, unknown> = {
  'PUT /v1/events/{externalId}': eventBody,
  'PUT /v1/events/{externalId}/rsvps/{personId}': { name: 'Ann', email: 'ann@example.org', status: 'going' },
  'PATCH /v1/events/{externalId}/rsvps/{personId}': { status: 'waitlist' },
  'POST /v1/backfill-questions/{questionId}/answer': { answer: 'keep_apart' },
  'POST /v1/removal-questions/{questionId}/answer': { answer: 'keep' },
  'POST /v1/operations/{operationId}/discard': { reason: 'a test' },
  'POST /v1/events/{externalId}/held-mails/confirm': { confirmRecipients: 1 },
  'POST /v1/conflicts/{conflictId}/resolve': { keep: 'ours' },
  'POST /v1/messages/{messageId}/settle': { sent: true },
  'PATCH /v1/calendars/{calendarId}': { mailOnRsvp: true },
};

describe('a key that is bound to a calendar', () => {
  it('finds nothing of another calendar at any address of /openapi.json, as if it were not there', async () => {
    const named = paths.filter(([method, path]) => routeOf(method, path)?.subject !== undefined);
    expect(named.length).toBeGreaterThan(30);
    const dump = async () =>
      JSON.stringify(
        await ingress.db.$queryRaw`
      select to_jsonb(e) || to_jsonb(l) || to_jsonb(c) as row from events e join event_links l on l.event_id = e.id
        join calendars c on c.id = l.calendar_id where e.id = ${foreign.eventId}::uuid`,
      );
    const before = await dump();
    for (const [method, path] of named) {
      const answer = await callWith(bound, method, fillPath(path, foreign), BODIES[`${method} ${path}`]);
      expect([method, path, answer.status, answer.body.code]).toEqual([
        ...[method, path, 404],
        expect.stringMatching(/\.unknown$/),
      ]);
      expect(JSON.stringify(answer.body)).not.toContain('foreign');
    }
    expect(await dump()).toBe(before);
  });

  it('finds what is on its own calendar at each of them', async () => {
    const read = paths.filter(([method, path]) => method === 'GET' && routeOf(method, path)?.subject !== undefined);
    expect(read.length).toBeGreaterThan(12);
    for (const [method, path] of read) {
      const answer = await callWith(bound, method, fillPath(path, own));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });

  it('lists what is on its own calendar, and nothing else', async () => {
    const lists = paths.filter(([method, path]) => {
      const route = routeOf(method, path);
      return method === 'GET' && route?.subject === undefined && route?.isInstallationWide !== true;
    });
    expect(lists.map(([, path]) => path).sort()).toEqual([
      '/v1/backfill-questions',
      '/v1/calendars',
      '/v1/conflicts',
      '/v1/coupon-pools',
      '/v1/events',
      '/v1/held-mails',
      '/v1/messages',
      '/v1/operations',
      '/v1/removal-questions',
      '/v1/unreadable-records',
      '/v1/webhook-deliveries',
    ]);
    for (const [, path] of lists) {
      const mine = await callWith(bound, 'GET', path);
      expect([path, mine.body.data.length > 0]).toEqual([path, true]);
      expect(JSON.stringify(mine.body)).not.toMatch(/foreign/i);
      expect((await ingress.call('GET', path)).body.data.length).toBeGreaterThan(mine.body.data.length);
    }
  });

  it('cannot look for records by the names of foreign ones', async () => {
    for (const path of ['/v1/conflicts', '/v1/messages']) {
      expect((await callWith(bound, 'GET', `${path}?event=${foreign.externalId}`)).status).toBe(404);
      expect((await callWith(bound, 'GET', `${path}?personId=${foreign.personId}`)).status).toBe(404);
      expect((await callWith(bound, 'GET', `${path}?personId=${own.personId}`)).status).toBe(200);
    }
    for (const list of ['events', 'operations', 'webhook-deliveries', 'backfill-questions'])
      expect((await callWith(bound, 'GET', `/v1/${list}?calendarId=${foreign.calendarId}`)).body.data).toEqual([]);
  });

  it('is refused what concerns the whole installation, keys and the audit log above all', async () => {
    const wide = v1Routes.filter(({ isInstallationWide }) => isInstallationWide === true);
    expect(wide.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'delete /v1/api-keys/{apiKeyId}',
      'get /v1/api-keys',
      'get /v1/audit-log',
      'get /v1/people/{personId}/export',
      'post /v1/api-keys',
      'post /v1/calendars',
      'post /v1/people/{personId}/erasure',
    ]);
    for (const { method, path } of wide) {
      const answer = await callWith(bound, method.toUpperCase(), fillPath(path, own), undefined);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'auth.calendar_bound']);
    }
  });

  it('makes events, pools and checks on its own calendar alone', async () => {
    const made = await callWith(bound, 'PUT', '/v1/events/bound-1', eventBody);
    expect(made).toMatchObject({ status: 202, body: { event: { calendarId: own.calendarId } } });
    const elsewhere = await callWith(bound, 'PUT', '/v1/events/bound-2', {
      ...eventBody,
      calendarId: foreign.calendarId,
    });
    expect(elsewhere).toMatchObject({ status: 422, body: { code: 'request.unknown_reference' } });
    expect(await callWith(ofTwo, 'PUT', '/v1/events/bound-3', eventBody)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'calendarId' }] },
    });
    const pool = (body: object) => callWith(bound, 'POST', '/v1/coupon-pools', body);
    expect(await pool({ name: 'nowhere' })).toMatchObject({ status: 422, body: { errors: [{ path: 'events' }] } });
    expect((await pool({ name: 'there', calendarId: foreign.calendarId, events: [own.externalId] })).status).toBe(422);
    expect((await pool({ name: 'theirs', calendarId: own.calendarId, events: [foreign.externalId] })).status).toBe(422);
    expect((await pool({ name: 'mine', events: [own.externalId] })).status).toBe(201);
    const check = (body: object) => callWith(bound, 'POST', '/v1/drift-checks', body);
    expect((await check({ calendarId: foreign.calendarId })).status).toBe(422);
    expect((await check({})).body.operations).toHaveLength(1);
  });

  it('does not reach an event that is on no calendar yet', async () => {
    await ingress.call('PUT', '/v1/events/unplaced', eventBody);
    expect((await callWith(bound, 'GET', '/v1/events/unplaced')).status).toBe(404);
    expect((await callWith(bound, 'PUT', '/v1/events/unplaced', eventBody)).status).toBe(404);
    expect((await ingress.call('GET', '/v1/events/unplaced')).status).toBe(200);
  });

  it('reaches nothing once its calendar is gone', async () => {
    const gone = await ingress.call('POST', '/v1/calendars', { name: 'Gone', kind: 'manual' });
    const key = await ingress.keyWith(['admin'], { calendarIds: [gone.body.calendar.id] });
    await ingress.call('DELETE', `/v1/calendars/${gone.body.calendar.id}`);
    expect((await callWith(key, 'GET', '/v1/events')).body.data).toEqual([]);
    expect((await callWith(key, 'GET', `/v1/events/${own.externalId}`)).status).toBe(404);
  });
});

describe('what a key may do', () => {
  it('every route of /openapi.json is one of a record, a list of its records, or of the whole installation', () => {
    const open = v1Routes.filter(({ subject, isInstallationWide }) => subject === undefined && !isInstallationWide);
    const commands = open.filter(({ method }) => method !== 'get').map(({ path }) => path);
    expect(commands.sort()).toEqual(['/v1/coupon-pools', '/v1/drift-checks']);
    for (const { path, subject } of v1Routes) {
      if (subject !== undefined) expect(path).toContain(`{${subject.param}}`);
    }
  });

  it('without a key there is no difference between what is there and what is not', async () => {
    const answers = await Promise.all(
      [own.externalId, 'nothing'].map((key) => request(`${ingress.url}/v1/events/${key}`)),
    );
    expect(new Set(answers.map(({ body }) => body.title)).size).toBe(1);
  });
});
