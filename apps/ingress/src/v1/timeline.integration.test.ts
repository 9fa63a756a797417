import { beforeAll, describe, expect, it } from '@jest/globals';
import { appendRun, setStatusOfKey } from '@luma-sync/store';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

const citizen = { externalId: 'user-1', name: 'Host', email: 'host@example.org', role: 'citizen' };
const ana = { name: 'Ana', email: 'ana@example.org', status: 'going' };
const messagesOf = ({ body }: { body: { data: { message: string }[] } }) => body.data.map(({ message }) => message);

describe('timelines', () => {
  it('tell the story of an event in order, page by page, without personal data', async () => {
    await ingress.call('PUT', '/v1/events/story', { ...eventBody, host: citizen });
    await ingress.call('POST', '/v1/events/story/approve');
    await ingress.call('PUT', '/v1/events/story/rsvps/ana', ana);
    const first = await ingress.call('GET', '/v1/events/story/timeline?limit=2');
    const rest = await ingress.call('GET', `/v1/events/story/timeline?cursor=${first.body.nextCursor}`);
    expect([...messagesOf(first), ...messagesOf(rest)]).toEqual([
      'Created, pending: the role of the host is citizen.',
      'Approved (revision 2).',
      'The app says going (first answer); a new person.',
    ]);
    expect(rest.body.nextCursor).toBeNull();
    expect(first.body.data[0]).toEqual({
      id: expect.any(String),
      recordType: 'event',
      recordId: expect.any(String),
      at: expect.any(String),
      kind: 'decided',
      actor: 'app',
      operationId: null,
      fact: 'event-created',
      message: 'Created, pending: the role of the host is citizen.',
      details: { approval: 'pending', hostRole: 'citizen' },
      repeats: 1,
      lastAt: null,
    });
    expect(JSON.stringify([first.body, rest.body])).not.toMatch(/Ana|ana@|Host"|host@/);
  });

  it('tell the story of one answer, and not that of others', async () => {
    await ingress.call('PUT', '/v1/events/two', eventBody);
    await ingress.call('PUT', '/v1/events/two/rsvps/ben', { ...ana, email: 'ben@example.org' });
    await ingress.call('PUT', '/v1/events/two/rsvps/eve', { ...ana, email: 'eve@example.org' });
    await ingress.call('PATCH', '/v1/events/two/rsvps/ben', { status: 'waitlist' });
    const story = await ingress.call('GET', '/v1/events/two/rsvps/ben/timeline');
    expect(messagesOf(story)).toEqual([
      'The app says going (first answer); a new person.',
      'A host decided waitlist (revision 2).',
    ]);
    const page = await ingress.call('GET', '/v1/events/two/rsvps/ben/timeline?limit=1');
    const next = await ingress.call('GET', `/v1/events/two/rsvps/ben/timeline?cursor=${page.body.nextCursor}`);
    expect(messagesOf(next)).toEqual(['A host decided waitlist (revision 2).']);
  });

  it('tell the story of a calendar', async () => {
    const { calendarId, db } = ingress;
    const { apiKeyFingerprint } = await db.calendar.findUniqueOrThrow({ where: { id: calendarId } });
    await setStatusOfKey(db, apiKeyFingerprint ?? '', 'auth_failed', null);
    await setStatusOfKey(db, apiKeyFingerprint ?? '', 'ok', null);
    const { operations } = (await ingress.call('POST', '/v1/drift-checks', { calendarId })).body;
    const ending = { kind: 'done', details: { checked: 3 } } as const;
    const request = { method: 'GET', path: '/v1/calendars/events/list', status: 200, durationMs: 9, code: null };
    await appendRun(db, { operationId: operations[0].id, ending, requests: [request], requestsMore: 0 });
    expect(messagesOf(await ingress.call('GET', `/v1/calendars/${calendarId}/timeline`))).toEqual([
      'Luma refuses the calendar’s key; its work waits, and goes on by itself when the key works again.',
      'Luma accepts the key again; what waited goes on.',
      'Drift check ended well: checked 3. One request to Luma: list events (200, 9 ms). Asked for by hand (app).',
    ]);
  });

  it.each([
    ['an event', '/v1/events/nobody/timeline', 'event.unknown'],
    ['the event of an answer', '/v1/events/nobody/rsvps/ana/timeline', 'event.unknown'],
    ['an answer', '/v1/events/story/rsvps/nobody/timeline', 'rsvp.unknown'],
    ['a calendar', `/v1/calendars/${crypto.randomUUID()}/timeline`, 'calendar.unknown'],
  ])('%s that does not exist is answered 404', async (_what, path, code) => {
    expect(await ingress.call('GET', path)).toMatchObject({ status: 404, body: { code } });
  });

  it('a made-up cursor is answered 400', async () => {
    const answer = await ingress.call('GET', '/v1/events/story/timeline?cursor=xyz');
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_parameter' } });
  });
});
