import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { searchDatabase, searchRedis } from '@luma-sync/testkit';
import { openWorld, toEvent, type World } from './world.js';

const PERSON = { name: 'Zebulon Quartermain', email: 'zeb.quartermain@example.org', phone: '+4915199988877' };
const MARKERS = [PERSON.email, 'quartermain', '4915199988877', '99988877'];

let world: World;
let externalEvent: string;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.luma.close());

const search = () => searchDatabase(world.databaseUrl, MARKERS);
const rsvp = (over: object = {}) => ({ ...PERSON, emailVerified: true, status: 'going', ...over });
const mails = () => world.luma.control.mails().filter((mail) => JSON.stringify(mail).includes(PERSON.email)).length;
const pull = async (event: string) => {
  const asked = await world.call('POST', `/v1/events/${event}/guest-pulls`, { assignCoupons: true, sendEmails: true });
  expect(asked.status).toBe(202);
  await world.calm();
};

it('stores a person in many places, by the API, webhooks, pulls and mails', async () => {
  expect((await world.call('POST', `/v1/calendars/${world.calendarId}/webhook`)).status).toBe(200);
  const host = { externalId: 'host-z', name: PERSON.name, email: PERSON.email, role: 'admin' };
  await world.call('PUT', '/v1/events/yoga', { ...toEvent('Yoga'), host });
  const { id } = world.luma.control.createEvent({
    name: 'Began at Luma',
    start_at: new Date(Date.now() + 86_400_000).toISOString(),
    timezone: 'UTC',
  });
  world.luma.control.registerGuests(id, { guests: [PERSON] });
  const pool = await world.call<{ pool: { id: string } }>('POST', '/v1/coupon-pools', {
    name: 'Drinks',
    events: ['yoga'],
  });
  await world.importCodes(pool.body.pool.id, ['C-1', 'C-2']);
  await world.calm();
  const put = await world.call('PUT', '/v1/events/yoga/rsvps/zeb', rsvp(), { 'idempotency-key': 'once' });
  expect(put.status).toBe(202);
  await world.calm();
  await pull('yoga');
  const events = await world.call<{ data: { id: string; title: string }[] }>('GET', '/v1/events');
  externalEvent = events.body.data.find(({ title }) => title === 'Began at Luma')?.id ?? '';
  await pull(externalEvent);
  expect(mails()).toBe(1);
  const places = new Set((await search()).map(({ place }) => place));
  for (const place of [
    'people.email',
    'people.phone',
    'people.name',
    'event_hosts.email',
    'webhook_deliveries.raw_body',
  ])
    expect(places).toContain(place);
  for (const place of ['messages.recipient', 'rsvp_links.asked_email', 'idempotency_keys.body'])
    expect(places).toContain(place);
});

it('exports all of it as one document', async () => {
  const { status, body } = await world.call<{ export: { data: Record<string, unknown[]> } }>(
    'GET',
    '/v1/people/zeb/export',
  );
  expect(status).toBe(200);
  const filled = Object.entries(body.export.data).filter(([, rows]) => rows.length > 0);
  expect(filled.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'people',
      'rsvps',
      'rsvpLinks',
      'eventHosts',
      'messages',
      'webhookDeliveries',
      'couponAssignments',
    ]),
  );
  expect(JSON.stringify(body)).not.toMatch(/pk=(?!\[removed\])/);
});

it('erases nothing before it is told to, and then every trace in Postgres, in Redis and in the log', async () => {
  const counted = await world.call<{ erasure: { counts: object; kept: object } }>(
    'POST',
    '/v1/people/zeb/erasure',
    {},
    { 'idempotency-key': 'count' },
  );
  expect(counted).toMatchObject({
    status: 200,
    body: { erasure: { isErased: false, kept: { couponAssignments: 1 } } },
  });
  expect(await search()).not.toEqual([]);
  const erased = await world.call('POST', '/v1/people/zeb/erasure', { confirm: true }, { 'idempotency-key': 'erase' });
  expect(erased).toMatchObject({ status: 200, body: { erasure: { isErased: true, counts: { people: 1, rsvps: 2 } } } });
  expect(await search()).toEqual([]);
  expect(await searchRedis(world.redis.url, MARKERS)).toEqual([]);
  for (const marker of MARKERS) expect(world.output().toLowerCase()).not.toContain(marker.toLowerCase());
  expect(await world.call('GET', '/v1/people/zeb/export')).toMatchObject({
    status: 404,
    body: { code: 'person.unknown' },
  });
});

it('stores nothing when Luma shows the guest again, by webhook and by pull, nor by a late request of the app', async () => {
  const [known] = world.luma.control.state().events.filter(({ name }) => name === 'Began at Luma');
  const guest = known?.guests.find(({ email }) => email === PERSON.email);
  world.luma.control.changeGuest(known?.id ?? '', guest?.id ?? '', { status: 'declined' });
  world.luma.control.changeGuest(known?.id ?? '', guest?.id ?? '', { status: 'approved' });
  await world.calm();
  await pull('yoga');
  await pull(externalEvent);
  const late = await world.call('PUT', '/v1/events/yoga/rsvps/zeb', rsvp({ emailVerified: undefined }));
  expect(late).toMatchObject({ status: 409, body: { code: 'person.erased' } });
  expect(await search()).toEqual([]);
  expect(await searchRedis(world.redis.url, MARKERS)).toEqual([]);
});

it('takes the person back with proof of the address, and mails no second code', async () => {
  expect((await world.call('PUT', '/v1/events/yoga/rsvps/zeb-again', rsvp())).status).toBe(202);
  await world.calm();
  await pull('yoga');
  expect((await world.rsvps('yoga')).map(({ personId, sync }) => [personId, sync.state])).toEqual([
    ['zeb-again', 'synced'],
  ]);
  expect(mails()).toBe(1);
});
