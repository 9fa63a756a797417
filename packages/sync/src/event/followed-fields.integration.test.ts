import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
let delivered: number;
beforeEach(async () => {
  delivered = 0;
  world = await openSyncWorld();
  eventId = await world.putEvent('meetup');
  await world.drain();
  lumaEventId = (await world.row(eventId)).link?.lumaEventId ?? '';
  await deliverNew();
});

/** What Luma announced since, oldest first. */
function announcedSince() {
  const bodies = world.announced().slice(delivered);
  delivered += bodies.length;
  return bodies;
}
async function deliverNew(): Promise<void> {
  await world.deliver(announcedSince());
  await world.drain();
}
type NewEvent = Parameters<typeof world.sim.control.createEvent>[0];
const host = (change: object) => world.sim.control.changeEvent(lumaEventId, change);
const requestsSince = (after: number) => world.sim.control.log({ after }).map(({ path }) => path);
const seqNow = () => world.sim.control.counters().requests;
const facts = async () =>
  (await readEntries(world.db, { recordId: eventId, fact: 'event-changed-there' })).map(({ message }) => message);

describe('the kind of place', () => {
  it('follows a host who moves the event from a hall to a call, and back', async () => {
    expect(await world.row(eventId)).toMatchObject({ locationType: 'physical' });
    host({ geo_address_json: null, coordinate: null, meeting_url: 'https://zoom.us/j/1' });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({
      locationType: 'online',
      locationAddress: null,
      meetingUrl: 'https://zoom.us/j/1',
    });
    host({ geo_address_json: { type: 'manual', address: 'Street 2' } });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({ locationType: 'physical', locationAddress: 'Street 2' });
    host({ geo_address_json: null, meeting_url: null });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({ locationType: 'tbd' });
  });

  it('is the app’s own word as long as nothing of the place changes at Luma', async () => {
    const location = { type: 'tbd' as const, name: 'Venue', address: 'Street 1', lat: 48.137154, lng: 11.576124 };
    await world.putEvent('meetup', { location });
    await world.drain();
    host({ name: 'Renamed' });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({ title: 'Renamed', locationType: 'tbd' });
  });

  it('is ours also where Luma keeps the place that no request empties', async () => {
    const location = { type: 'online' as const, name: null, address: null, lat: null, lng: null };
    await world.putEvent('meetup', { location, meetingUrl: 'https://zoom.us/j/1' });
    await world.drain();
    const { body } = await world.deps.luma.open(world.calendarId).then(async ({ api }) => ({
      body: await api.getEvent(lumaEventId, { signal: AbortSignal.timeout(5_000), priority: 'sync' }),
    }));
    expect(body).toMatchObject({ location_type: 'offline', meeting_url: 'https://zoom.us/j/1' });
    expect(await world.row(eventId)).toMatchObject({ locationType: 'online' });
  });

  it.each<[Pick<NewEvent, 'meeting_url' | 'geo_address_json' | 'coordinate'>, string]>([
    [{ meeting_url: 'https://meet.google.com/a' }, 'online'],
    [{ meeting_url: 'https://example.org/call' }, 'online'],
    [{ geo_address_json: { type: 'manual', address: 'Street 3' } }, 'physical'],
    [{ coordinate: { latitude: 48.1, longitude: 11.5 } }, 'physical'],
    [{}, 'tbd'],
  ])('of an event that began at Luma with %j is %s', async (change, kind) => {
    const start = new Date(Date.now() + 86_400_000).toISOString();
    const { id } = world.sim.control.createEvent({
      name: 'There',
      start_at: start,
      timezone: 'UTC',
      ...change,
    });
    await deliverNew();
    const imported = await world.db.event.findFirstOrThrow({ where: { link: { lumaEventId: id } } });
    expect(imported).toMatchObject({ locationType: kind });
  });
});

describe('the public address', () => {
  it('follows a host who chooses another, by webhook and by list, and starts no push', async () => {
    host({ slug: 'our-meetup' });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({ url: 'https://luma.com/our-meetup', revision: 1 });
    expect((await facts()).at(-1)).toMatch(/^Changed at Luma: url; taken over, seen .* by webhook\.$/);
    host({ slug: 'our-meetup-2', silent: true });
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ url: 'https://luma.com/our-meetup-2', revision: 1 });
    expect((await world.operationsOf('event.push')).filter(({ state }) => state !== 'done')).toEqual([]);
    expect(world.sim.control.log({ path: '/v1/events/update' })).toEqual([]);
  });

  it('is not taken back by a webhook that comes late', async () => {
    host({ slug: 'first-change' });
    const old = announcedSince();
    host({ slug: 'second-change' });
    await deliverNew();
    expect(await world.row(eventId)).toMatchObject({ url: 'https://luma.com/second-change' });
    await world.deliver(old);
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ url: 'https://luma.com/second-change' });
  });

  it('costs nothing while it is the same, on either of Luma’s hosts', async () => {
    host({ name: 'Renamed' });
    const news = announcedSince();
    await world.deliver(news);
    await world.drain();
    const seq = seqNow();
    const told = (await facts()).length;
    await world.deliver(news.map(({ type, body }) => ({ type, body: body.replaceAll('luma.com/', 'lu.ma/') })));
    await world.drain();
    expect(requestsSince(seq)).toEqual([]);
    expect((await facts()).length).toBe(told);
  });
});

describe('city and country', () => {
  const place = () => world.row(eventId).then(({ locationCity, locationCountry }) => [locationCity, locationCountry]);

  it('follow the address as Luma shows it, by webhook and by list', async () => {
    expect(await place()).toEqual([null, null]);
    host({ city: 'Munich', country: 'DE' });
    await deliverNew();
    expect(await place()).toEqual(['Munich', 'DE']);
    expect(await facts()).toEqual([]);
    host({ geo_address_json: { type: 'manual', address: 'Street 2' }, city: 'Berlin', country: 'DE' });
    await deliverNew();
    expect(await place()).toEqual(['Berlin', 'DE']);
    expect((await facts()).join()).toContain('city');
    host({ geo_address_json: null });
    await deliverNew();
    expect(await place()).toEqual([null, null]);
  });

  it('are filled without a request where nothing was known', async () => {
    host({ city: 'Munich', country: 'DE' });
    const news = announcedSince();
    const seq = seqNow();
    await world.deliver(news);
    await world.drain();
    expect(requestsSince(seq)).toEqual([]);
    expect(await place()).toEqual(['Munich', 'DE']);
  });

  it('of an earlier place are not taken for those of the new one', async () => {
    host({ city: 'Munich', country: 'DE', silent: true });
    await world.putEvent('meetup', {
      location: { type: 'physical', name: null, address: 'Street 9', lat: 48.137154, lng: 11.576124 },
    });
    // A list that shows the place from before the push.
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain(undefined, 20);
    expect(await world.row(eventId)).toMatchObject({ locationAddress: 'Street 9', locationCity: null });
  });
});

describe('the hosts', () => {
  const hosts = async () =>
    (await world.db.eventHost.findMany({ where: { eventId }, orderBy: { email: 'asc' } })).map(
      ({ lumaUserId, externalId, name, email }) => ({ lumaUserId, externalId, name, email }),
    );
  const HANNA = { id: 'usr-hanna', email: 'bob@typo.example', name: 'Bob' };

  it('are read back after a push, and cost no entry in the timeline', async () => {
    expect(await hosts()).toMatchObject([{ lumaUserId: expect.any(String), email: expect.stringContaining('owner') }]);
    expect(await facts()).toEqual([]);
  });

  it('F6 bear the newest name and address that Luma shows, and free the earlier one', async () => {
    host({ co_hosts: [HANNA], silent: true });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await hosts()).toContainEqual({ ...toHost(HANNA), externalId: null });
    host({ co_hosts: [{ ...HANNA, email: 'hanna@right.example', name: 'Hanna' }], silent: true });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    const now = await hosts();
    expect(now).toContainEqual({
      lumaUserId: 'usr-hanna',
      externalId: null,
      email: 'hanna@right.example',
      name: 'Hanna',
    });
    expect(now.map(({ email }) => email)).not.toContain('bob@typo.example');
    expect((await facts()).join()).toContain('hosts');
  });

  it('go when Luma shows them no longer, but for the one that the app named', async () => {
    await world.db.eventHost.create({ data: { eventId, externalId: 'app-host', email: 'app@host.example' } });
    host({ co_hosts: [HANNA], silent: true });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await hosts()).toHaveLength(3);
    host({ co_hosts: [], silent: true });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect((await hosts()).map(({ email }) => email)).toEqual(['app@host.example', expect.stringContaining('owner')]);
  });

  it('that are the same cost no write and no entry', async () => {
    const before = await world.row(eventId);
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await world.row(eventId)).toEqual({
      ...before,
      link: { ...before.link, checkedAt: expect.any(Date), updatedAt: expect.any(Date) },
    });
    expect(await facts()).toEqual([]);
  });

  const toHost = ({ id, email, name }: typeof HANNA) => ({ lumaUserId: id, email, name });
});

describe('the questions of the registration', () => {
  const TOPICS = {
    ...{ id: 'q1', label: 'Topics', required: true, options: ['a', 'b'] },
    question_type: 'multi-select' as const,
  };
  const RULES = { id: 'q2', label: 'Rules', required: false, question_type: 'agree-check' };
  const questions = async () => (await world.row(eventId)).registrationQuestions;

  it('are read with their ids after a push, by webhook and by read, and nothing is pushed', async () => {
    expect(await questions()).toEqual([]);
    host({ registration_questions: [TOPICS, RULES] });
    await deliverNew();
    expect(await questions()).toEqual([TOPICS, RULES]);
    expect((await facts()).at(-1)).toMatch(/registrationQuestions/);
    host({ registration_questions: [RULES], silent: true });
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    expect(await questions()).toEqual([RULES]);
    expect(world.sim.control.log({ path: '/v1/events/update' })).toEqual([]);
  });

  it('of an event that began at Luma are there from the first look on', async () => {
    world.sim.control.createEvent({
      name: 'Theirs',
      start_at: new Date(Date.now() + 86_400_000).toISOString(),
      timezone: 'UTC',
      registration_questions: [TOPICS],
    });
    await deliverNew();
    expect(await world.db.event.findFirst({ where: { title: 'Theirs' } })).toMatchObject({
      registrationQuestions: [TOPICS],
    });
  });
});
