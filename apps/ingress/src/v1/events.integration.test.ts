import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});
const put = (key: string, over: object = {}) => ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, ...over });
const citizen = { externalId: 'user-1', name: 'Host', email: 'host@example.org', role: 'citizen' };

describe('PUT with If-Match: *', () => {
  it('changes what is there and makes nothing: an id of ours that is mistyped is no new event', async () => {
    const condition = { 'if-match': '*' };
    const absent = crypto.randomUUID();
    expect(await ingress.call('PUT', `/v1/events/${absent}`, eventBody, condition)).toMatchObject({
      status: 412,
      body: { code: 'event.absent' },
    });
    expect((await ingress.call('GET', `/v1/events/${absent}`)).status).toBe(404);
    const made = await ingress.call('PUT', '/v1/events/conditional', eventBody);
    const changed = { ...eventBody, title: 'Changed' };
    const put = await ingress.call('PUT', `/v1/events/${made.body.event.id}`, changed, condition);
    expect(put).toMatchObject({ status: 202, body: { event: { externalId: 'conditional', title: 'Changed' } } });
    const odd = await ingress.call('PUT', '/v1/events/conditional', changed, { 'if-match': '"7"' });
    expect(odd).toMatchObject({ status: 400, body: { code: 'request.invalid_parameter' } });
  });
});

describe('PUT and GET /v1/events/{externalId}', () => {
  it('stores, answers 202 with where the work is, and reads back the same', async () => {
    const stored = await put('drums');
    expect(stored.status).toBe(202);
    expect(stored.headers.get('location')).toBe(`/v1/operations/${stored.body.operation.id}`);
    expect(stored.body.operation.state).toBe('queued');
    expect(stored.body.event).toEqual({
      id: expect.any(String),
      externalId: 'drums',
      source: 'app',
      ownership: 'created',
      approval: 'approved',
      cancelMode: null,
      revision: 1,
      ...eventBody,
      location: { ...eventBody.location, city: null, country: null },
      startsAt: '2027-01-05T12:30:00.000Z',
      endsAt: '2027-01-05T14:30:00.000Z',
      meetingUrl: null,
      coverUrl: null,
      visibility: 'public',
      host: null,
      registrationQuestions: [],
      hosts: [],
      calendarId: null,
      organizationId: null,
      luma: null,
      sync: { state: 'pending_push', pushedRevision: 0, syncedAt: null, lastError: null, notAtLuma: [] },
      rsvpCount: 0,
      updatedAt: expect.any(String),
    });
    expect(await ingress.call('GET', '/v1/events/drums')).toMatchObject({
      status: 200,
      body: { event: stored.body.event },
    });
    expect((await ingress.call('GET', `/v1/events/${stored.body.event.id}`)).body.event.externalId).toBe('drums');
    expect((await ingress.call('GET', stored.headers.get('location') ?? '')).body.operation).toMatchObject({
      job: 'event.push',
      state: 'queued',
    });
  });

  it('a repeated body answers 202 without an operation', async () => {
    await put('repeated');
    const again = await put('repeated');
    expect(again).toMatchObject({ status: 202, body: { operation: null, event: { revision: 1 } } });
    expect(again.headers.get('location')).toBeNull();
  });

  it('keys with every character a path can carry', async () => {
    const key = 'a/b c?d#ü%';
    expect((await put(encodeURIComponent(key))).body.event.externalId).toBe(key);
    expect((await ingress.call('GET', `/v1/events/${encodeURIComponent(key)}`)).status).toBe(200);
  });

  it('names every field that does not fit', async () => {
    const answer = await ingress.call('PUT', '/v1/events/bad', {
      title: ' ',
      description: 7,
      startsAt: '2027-01-05 18:00',
      endsAt: '2027-01-05T18:00:00',
      timezone: 'Mars/Olympus',
      location: { type: 'park', lat: 91, lng: 0, planet: 'Mars' },
      meetingUrl: 'javascript:alert(1)',
      capacity: 0.5,
      tags: [''],
      visibility: 'secret',
      host: { externalId: 'u', role: 'k'.repeat(61), email: 'nobody' },
      calendarId: '7',
      extra: true,
    });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(answer.body).toMatchObject({
      code: 'request.invalid',
      status: 422,
      requestId: answer.headers.get('x-request-id'),
    });
    expect(answer.body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual(
      [
        'calendarId',
        'capacity',
        'description',
        'endsAt',
        'extra',
        'host.email',
        'host.role',
        'location.lat',
        'location.planet',
        'location.type',
        'meetingUrl',
        'startsAt',
        'tags.0',
        'timezone',
        'title',
        'visibility',
      ].toSorted(),
    );
    expect((await ingress.call('GET', '/v1/events/bad')).status).toBe(404);
  });

  it.each([
    ['an end before the start', { endsAt: eventBody.startsAt }, 'endsAt'],
    ['half a place', { location: { type: 'physical', lat: 1 } }, 'location.lat'],
    ['a NUL', { title: 'a\u0000b' }, 'title'],
    ['half a surrogate pair', { description: 'a\ud800b' }, 'description'],
    ['a NUL in a list', { tags: ['\u0000'] }, 'tags.0'],
    ['a year nobody means', { startsAt: '9999-01-01T00:00:00Z', endsAt: '9999-01-02T00:00:00Z' }, 'startsAt'],
    ['a calendar nobody knows', { calendarId: crypto.randomUUID() }, 'calendarId'],
    ['what is not supported yet', { organizationId: crypto.randomUUID() }, 'organizationId'],
  ])('refuses %s', async (_what, over, path) => {
    const answer = await put('refused', over);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((field: { path: string }) => field.path)).toContain(path);
  });

  it.each([
    ['no JSON', '{"title":', 400, 'request.malformed'],
    ['nothing', '', 422, 'request.invalid'],
    ['a list', '[]', 422, 'request.invalid'],
    ['null', 'null', 422, 'request.invalid'],
    ['a text', '"x"', 422, 'request.invalid'],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'request.malformed'],
    ['a prototype', '{"__proto__":{"title":"x"},"constructor":1}', 422, 'request.invalid'],
    ['too much', `"${'x'.repeat(300_000)}"`, 413, 'request.too_large'],
  ])('a body that is %s is refused', async (_what, body, status, code) => {
    expect(await ingress.call('PUT', '/v1/events/poison', body)).toMatchObject({ status, body: { code } });
  });

  it('refuses other types of body', async () => {
    const answer = await ingress.call('PUT', '/v1/events/typed', 'title=x', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer).toMatchObject({ status: 415, body: { code: 'request.unsupported_type' } });
  });

  it.each(['%00', 'a%0Ab', '%20a', 'x'.repeat(201)])('refuses the key %s', async (key) => {
    expect(await ingress.call('GET', `/v1/events/${key}`)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid_parameter', errors: [{ path: 'externalId' }] },
    });
  });

  it('a path that cannot be decoded is malformed', async () => {
    expect(await ingress.call('GET', '/v1/events/%E0%A4%A')).toMatchObject({
      status: 400,
      body: { code: 'request.malformed' },
    });
  });
});

describe('commands on events', () => {
  it('approve, reject, push, pull, cancel and their refusals', async () => {
    const post = (path: string, body?: object) => ingress.call('POST', `/v1/events/${path}`, body);
    await put('cmd', { host: citizen });
    expect(await post('cmd/push')).toMatchObject({ status: 409, body: { code: 'event.not_approved' } });
    expect(await post('cmd/reject')).toMatchObject({
      status: 202,
      body: { event: { approval: 'draft' }, operation: null },
    });
    expect(await post('cmd/approve')).toMatchObject({
      status: 202,
      body: { event: { approval: 'approved' }, operation: { state: 'queued' } },
    });
    expect(await post('cmd/reject')).toMatchObject({ status: 409, body: { code: 'event.already_approved' } });
    expect(await post('cmd/push')).toMatchObject({ status: 202 });
    expect(await post('cmd/pull')).toMatchObject({ status: 409, body: { code: 'event.not_linked' } });
    expect(await post('cmd/guest-pulls', {})).toMatchObject({ status: 409, body: { code: 'event.not_linked' } });
    expect(await post('cmd/cancel', { mode: 'cancel' })).toMatchObject({
      status: 409,
      body: { code: 'event.not_linked' },
    });
    expect(await post('cmd/cancel', { mode: 'erase' })).toMatchObject({
      status: 422,
      body: { code: 'request.invalid' },
    });
    expect(await post('cmd/cancel')).toMatchObject({ status: 202, body: { event: { approval: 'cancelled' } } });
    expect(await put('cmd', { title: 'Back' })).toMatchObject({ status: 409, body: { code: 'event.cancelled' } });
    expect(await post('nobody/approve')).toMatchObject({ status: 404, body: { code: 'event.unknown' } });
    expect(await post('cmd/approve', { reason: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'reason' }] },
    });
  });

  it('DELETE hides, and says nothing is left to do the second time', async () => {
    await put('gone');
    expect(await ingress.call('DELETE', '/v1/events/gone')).toMatchObject({
      status: 202,
      body: { event: { approval: 'cancelled' } },
    });
    expect(await ingress.call('DELETE', '/v1/events/gone')).toMatchObject({ status: 202, body: { operation: null } });
    expect(await ingress.call('DELETE', '/v1/events/nobody')).toMatchObject({ status: 404 });
  });

  it('asks for a guest pull with its options once Luma has the event', async () => {
    const { body } = await put('pulled');
    const link = {
      eventId: body.event.id,
      calendarId: ingress.calendarId,
      state: 'synced' as const,
      lumaEventId: 'evt-pulled',
      slug: 'pulled',
    };
    await ingress.db.eventLink.create({ data: link });
    const answer = await ingress.call('POST', '/v1/events/pulled/guest-pulls', { sendEmails: false });
    expect(answer.status).toBe(202);
    const row = await ingress.db.operation.findUniqueOrThrow({ where: { id: answer.body.operation.id } });
    expect(row.payload).toEqual({
      eventId: body.event.id,
      assignCoupons: true,
      sendEmails: false,
      approvalStatus: null,
    });
    expect((await ingress.call('GET', '/v1/events/pulled')).body.event.luma).toEqual({
      eventId: 'evt-pulled',
      url: 'https://luma.com/pulled',
      calendarId: ingress.calendarId,
      guestsPulledAt: null,
    });
    expect((await ingress.call('POST', '/v1/events/pulled/pull')).status).toBe(202);
  });

  it('a pull of a cancelled event reads its guests and gives nobody a coupon', async () => {
    const { body } = await put('pulled-cancelled');
    const link = { eventId: body.event.id, calendarId: ingress.calendarId, lumaEventId: 'evt-pulled-cancelled' };
    await ingress.db.eventLink.create({ data: { ...link, state: 'synced' } });
    await ingress.call('POST', '/v1/events/pulled-cancelled/cancel');
    const pull = (options: object) => ingress.call('POST', '/v1/events/pulled-cancelled/guest-pulls', options);
    const answer = await pull({});
    expect(answer.status).toBe(202);
    const row = await ingress.db.operation.findUniqueOrThrow({ where: { id: answer.body.operation.id } });
    expect(row.payload).toMatchObject({ assignCoupons: false, sendEmails: false });
    // Asked for in so many words: silence would look like mails in flight.
    for (const options of [{ sendEmails: true }, { assignCoupons: true, sendEmails: false }]) {
      expect(await pull(options)).toMatchObject({ status: 409, body: { code: 'event.cancelled' } });
    }
  });
});

describe('GET /v1/events', () => {
  it('pages through a window', async () => {
    for (let n = 0; n < 5; n += 1) {
      await put(`page-${n}`, { startsAt: `2029-01-0${n + 1}T10:00:00Z`, endsAt: `2029-01-0${n + 1}T12:00:00Z` });
    }
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 5; page += 1) {
      const query = new URLSearchParams({ from: '2029-01-02T00:00:00Z', to: '2029-01-05T00:00:00Z', limit: '2' });
      if (cursor !== '') query.set('cursor', cursor);
      const { body } = await ingress.call('GET', `/v1/events?${query}`);
      seen.push(...body.data.map(({ externalId }: { externalId: string }) => externalId));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(['page-1', 'page-2', 'page-3']);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=x',
    'from=yesterday',
    'state=unknown',
    'calendarId=7',
    'unknown=1',
    'limit=1&limit=2',
  ])('refuses ?%s', async (query) => {
    const answer = await ingress.call('GET', `/v1/events?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_parameter' } });
    expect(answer.body.errors[0].path).toBe(query.split('=')[0]);
  });
});
