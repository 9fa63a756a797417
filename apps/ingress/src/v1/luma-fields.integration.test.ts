import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

const PULLED_AT = new Date('2026-11-20T10:00:00.000Z');

const QUESTIONS = [
  { id: 'q1', label: 'Topics', required: true, question_type: 'multi-select', options: ['a', 'b'] },
  { id: 'q2', label: 'Rules', required: false, question_type: 'agree-check' },
];

let ingress: TestIngress;
let eventId: string;
beforeAll(async () => {
  ingress = await openIngress();
  eventId = (await ingress.call('PUT', '/v1/events/party', eventBody)).body.event.id;
  await ingress.call('PUT', '/v1/events/other', eventBody);
  const { db, calendarId } = ingress;
  await db.eventLink.create({
    data: { eventId, calendarId, lumaEventId: 'evt-1', slug: 'party-1', state: 'synced', guestsPulledAt: PULLED_AT },
  });
  await db.event.update({
    where: { id: eventId },
    data: {
      url: 'https://luma.com/renamed',
      locationCity: 'Munich',
      locationCountry: 'DE',
      registrationQuestions: QUESTIONS,
    },
  });
  await db.eventHost.create({ data: { eventId, lumaUserId: 'usr-1', name: 'Host', email: 'host@example.org' } });
  const guest = { name: 'Gus', email: 'gus@example.org', phone: null, origin: 'luma' } as const;
  const person = await db.person.create({ data: guest });
  const tickets = [{ id: 'tkt-1', name: 'Standard', checkedInAt: null }];
  const answers = [
    { question_id: 'q1', label: 'Topics', question_type: 'multi-select', value: ['a', 'b'] },
    { question_id: 'q2', label: 'Rules', question_type: 'agree-check', value: false },
  ];
  const rsvp = { eventId, personId: person.id, status: 'going', kind: 'Standard', tickets, answers } as const;
  const registeredAt = PULLED_AT;
  await db.rsvp.create({ data: { ...rsvp, registeredAt } });
  const ana = { name: 'Ana', email: 'ana@example.org', status: 'going' };
  await ingress.call('PUT', '/v1/events/party/rsvps/ana', ana);
});

const list = async (query: string) => (await ingress.call('GET', `/v1/events?${query}`)).body.data;
const keysOf = (events: { externalId: string }[]) => events.map(({ externalId }) => externalId);

describe('what Luma says of an answer', () => {
  it('is shown: whose it is, ticket, tickets and answers by question', async () => {
    const { data } = (await ingress.call('GET', '/v1/events/party/rsvps')).body;
    expect(data).toMatchObject([
      {
        externalId: null,
        origin: 'luma',
        registeredAt: PULLED_AT.toISOString(),
        ticketType: 'Standard',
        tickets: [{ id: 'tkt-1', name: 'Standard', checkedInAt: null }],
        answers: [
          { questionId: 'q1', label: 'Topics', type: 'multi-select', value: ['a', 'b'] },
          { questionId: 'q2', label: 'Rules', type: 'agree-check', value: false },
        ],
        updatedAt: expect.any(String),
      },
      { personId: 'ana', externalId: 'ana', origin: 'app', ticketType: null, tickets: [], answers: [] },
    ]);
    expect(data[0].personId).not.toBe('ana');
  });

  it('is listed since a moment', async () => {
    const since = async (at: Date) =>
      (await ingress.call('GET', `/v1/events/party/rsvps?updatedSince=${at.toISOString()}`)).body.data;
    await ingress.db.$executeRaw`update rsvps set updated_at = ${PULLED_AT} where kind = 'Standard'`;
    expect(await since(new Date(PULLED_AT.getTime() - 1))).toHaveLength(2);
    expect(await since(new Date(PULLED_AT.getTime() + 1))).toMatchObject([{ personId: 'ana' }]);
  });
});

describe('what Luma says of an event', () => {
  it('is shown: hosts, and when its guests were read', async () => {
    const { event } = (await ingress.call('GET', '/v1/events/party')).body;
    expect(event).toMatchObject({
      host: null,
      location: { city: 'Munich', country: 'DE' },
      registrationQuestions: [
        { id: 'q1', label: 'Topics', type: 'multi-select', required: true, options: ['a', 'b'] },
        { id: 'q2', label: 'Rules', type: 'agree-check', required: false, options: [] },
      ],
      luma: { eventId: 'evt-1', guestsPulledAt: PULLED_AT.toISOString() },
      updatedAt: expect.any(String),
    });
    expect(event.hosts).toContainEqual({
      lumaUserId: 'usr-1',
      externalId: null,
      name: 'Host',
      email: 'host@example.org',
    });
    // What is given out is taken back.
    expect(await ingress.call('PUT', '/v1/events/party', event)).toMatchObject({ status: 202 });
  });

  it('names a host once whom the app and Luma name under one address', async () => {
    const host = { externalId: 'h', name: 'App', email: 'app@host.example', role: 'admin' };
    const { id } = (await ingress.call('PUT', '/v1/events/hosted', { ...eventBody, host })).body.event;
    await ingress.db.eventHost.create({
      data: { eventId: id, lumaUserId: 'usr-2', name: 'Luma', email: 'app@host.example' },
    });
    const { event } = (await ingress.call('GET', '/v1/events/hosted')).body;
    expect(event.hosts).toEqual([{ lumaUserId: 'usr-2', externalId: 'h', name: 'App', email: 'app@host.example' }]);
    await ingress.db.event.delete({ where: { id } });
  });

  it.each([
    ['lumaEventId=evt-1', ['party']],
    ['lumaEventId=evt-2', []],
    ['lumaUrl=https://luma.com/party-1', ['party']],
    ['lumaUrl=https://lu.ma/renamed', ['party']],
    ['lumaUrl=https://lu.ma/unknown', []],
  ])('finds it by %s', async (query, keys) => {
    expect(keysOf(await list(query))).toEqual(keys);
  });

  it('is listed since a moment', async () => {
    await ingress.db.$executeRaw`update events set updated_at = ${PULLED_AT} where external_id = 'other'`;
    const after = new Date(PULLED_AT.getTime() + 1).toISOString();
    expect(keysOf(await list(`updatedSince=${PULLED_AT.toISOString()}`)).sort()).toEqual(['other', 'party']);
    expect(keysOf(await list(`updatedSince=${after}`))).toEqual(['party']);
  });

  it('refuses an address that is none of Luma’s', async () => {
    expect(await ingress.call('GET', '/v1/events?lumaUrl=https://example.org/x')).toMatchObject({ status: 400 });
  });
});
