import { beforeAll, describe, expect, it } from '@jest/globals';
import { noteReading } from '@luma-sync/store';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  const { id: eventId } = (await ingress.call('PUT', '/v1/events/drums', eventBody)).body.event;
  await ingress.db.eventLink.create({
    data: { eventId, calendarId: ingress.calendarId, lumaEventId: 'evt-1', state: 'synced' },
  });
  const odd = (id: string) => ({
    isRead: false,
    notes: [{ path: 'user_email', reason: 'malformed' }],
    identity: { id },
    raw: { id, user_email: 'no address' },
  });
  const reading = { kind: 'guest' as const, from: 'list' as const, lumaEventId: 'evt-1', readIds: [] };
  for (const id of ['gst-1', 'gst-2'])
    await noteReading(ingress.db, ingress.calendarId, { ...reading, odd: [odd(id)] });
  await noteReading(ingress.db, ingress.calendarId, { ...reading, readIds: ['gst-1'], odd: [] });
});

const list = async (query: string) => (await ingress.call('GET', `/v1/unreadable-records${query}`)).body;

describe('/v1/unreadable-records', () => {
  it('lists those of a calendar, an event, a kind or a state, page by page, without what Luma sent', async () => {
    const open = await list(`?state=open&calendarId=${ingress.calendarId}&event=drums&kind=guest`);
    expect(open.data).toMatchObject([
      {
        lumaId: 'gst-2',
        event: 'drums',
        isTaken: false,
        source: 'list',
        seenCount: 1,
        problems: [{ path: 'user_email', reason: 'malformed' }],
      },
    ]);
    expect(JSON.stringify(open)).not.toContain('no address');
    expect((await list('?kind=event')).data).toEqual([]);
    const first = await list('?limit=1');
    const second = await list(`?limit=1&cursor=${first.nextCursor}`);
    expect([...first.data, ...second.data].map(({ lumaId }) => lumaId).sort()).toEqual(['gst-1', 'gst-2']);
    expect(second.nextCursor).toBeNull();
  });

  it('reads one with what Luma sent, and none that is not there', async () => {
    const [{ id }] = (await list('?state=open')).data;
    const read = await ingress.call('GET', `/v1/unreadable-records/${id}`);
    expect(read.body.record).toMatchObject({ id, raw: { user_email: 'no address' } });
    const missing = await ingress.call('GET', `/v1/unreadable-records/${crypto.randomUUID()}`);
    expect(missing).toMatchObject({ status: 404, body: { code: 'unreadable_record.unknown' } });
  });

  it('is told in the timeline of the event, once', async () => {
    const story = await ingress.call('GET', '/v1/events/drums/timeline');
    const facts = (story.body.data as { fact: string }[]).filter(({ fact }) => fact.startsWith('record-'));
    expect(facts.map(({ fact }) => fact)).toEqual(['record-unreadable', 'record-unreadable', 'record-readable']);
  });
});

describe('/v1/events', () => {
  it('answers for an event whose stored dates no clock of ours can hold', async () => {
    await ingress.db.$executeRaw`update events set ends_at = '12345-01-01T00:00:00Z' where external_id = 'drums'`;
    const all = await ingress.call('GET', '/v1/events');
    expect(all.status).toBe(200);
    expect(all.body.data[0].endsAt).toMatch(/^9999-12-31T/);
    expect((await ingress.call('GET', '/v1/events/drums')).status).toBe(200);
    await ingress.db.$executeRaw`update events set ends_at = starts_at + interval '1 hour' where external_id = 'drums'`;
  });
});
