import { beforeAll, describe, expect, it } from '@jest/globals';
import { openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress({ settings: { defaultTimezone: 'Asia/Kolkata' } });
});

const EVENT = {
  title: 'Drum circle',
  startsAt: '2027-01-05T12:00:00.000Z',
  endsAt: '2027-01-05T14:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const as = (key?: string) => (key === undefined ? {} : { authorization: `Bearer ${key}` });
const put = (id: string, body: object, key?: string) => ingress.call('PUT', `/v1/events/${id}`, body, as(key));
const read = async (id: string, key?: string) =>
  (await ingress.call('GET', `/v1/events/${id}`, undefined, as(key))).body.event;

/** What Luma may show and no body may say. */
const fromLuma = (change: object = {}) =>
  ingress.db.event.create({
    data: {
      source: 'luma',
      approval: 'approved',
      title: 'T'.repeat(403),
      descriptionMd: 'D'.repeat(60_000),
      startsAt: new Date(EVENT.startsAt),
      endsAt: new Date(EVENT.startsAt),
      timezone: 'Nowhere/Land',
      locationType: 'physical',
      locationAddress: 'A'.repeat(900),
      meetingUrl: 'Zoom: https://zoom.us/j/1 (code 42)',
      coverUrl: 'https://images.lumacdn.com/cover.svg',
      capacity: 0,
      ...change,
    },
  });

describe('an event as it was given out', () => {
  it('is taken back, and changes nothing', async () => {
    const { id, revision } = await fromLuma();
    const given = await read(id);
    const { status, body } = await put(id, given);
    expect(body.errors).toBeUndefined();
    expect([status, body.operation, body.event]).toEqual([202, null, { ...given, revision }]);
  });

  it('is judged by the fields that were changed alone', async () => {
    const { id } = await fromLuma();
    const given = await read(id);
    const { status, body } = await put(id, { ...given, visibility: 'private' });
    expect([status, body.event.visibility, body.event.title]).toEqual([202, 'private', given.title]);
    const refused = await put(id, {
      ...given,
      visibility: 'private',
      title: 'X'.repeat(301),
      endsAt: '2027-01-05T11:00:00Z',
    });
    expect(refused.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['endsAt', 'title']);
  });

  it('may be repeated when Luma has told of it meanwhile, and not be made another', async () => {
    const { id } = await fromLuma();
    const given = await read(id);
    expect(
      (await put(id, { ...given, revision: 99, sync: null, rsvpCount: 7, updatedAt: '2020-01-01T00:00:00.000Z' }))
        .status,
    ).toBe(202);
    const { status, body } = await put(id, { ...given, approval: 'cancelled' });
    expect([status, body.errors]).toEqual([422, [{ path: 'approval', message: 'cannot be changed: leave it out' }]]);
    // There is nothing that could have been given out.
    expect((await put('unknown-event', given)).status).toBe(422);
  });

  it('loses no host where the caller may not see who it is', async () => {
    const host = { externalId: 'u1', name: 'Asha', email: 'asha@example.org', role: 'founder' };
    await put('hosted', { ...EVENT, host });
    const blind = await ingress.keyWith(['events:read', 'events:write']);
    const given = await read('hosted', blind);
    expect(given.host).toEqual({ ...host, name: null, email: null });
    expect((await put('hosted', { ...given, title: 'Renamed' }, blind)).status).toBe(202);
    expect((await read('hosted')).host).toEqual(host);
  });

  it('keeps its host when a body names none', async () => {
    const host = { externalId: 'u1', name: 'Asha', email: 'asha@example.org', role: 'founder' };
    await put('kept-host', { ...EVENT, host });
    await put('kept-host', { ...EVENT, host: null });
    await put('kept-host', EVENT);
    expect((await read('kept-host')).host).toEqual(host);
  });
});

describe('what an app leaves out', () => {
  const { endsAt: _end, timezone: _zone, ...bare } = EVENT;

  it('is an hour for a new event, and the length it had for another', async () => {
    const { body } = await put('bare', bare);
    expect(body.event).toMatchObject({ endsAt: '2027-01-05T13:00:00.000Z', timezone: 'Asia/Kolkata' });
    // A host made it longer at Luma.
    const row = { where: { id: body.event.id } };
    await ingress.db.event.update({ ...row, data: { endsAt: new Date('2027-01-05T15:00:00.000Z') } });
    expect((await put('bare', bare)).body).toMatchObject({
      operation: null,
      event: { revision: 1, endsAt: '2027-01-05T15:00:00.000Z' },
    });
    expect((await put('bare', { ...bare, startsAt: '2027-01-06T12:00:00Z' })).body.event).toMatchObject({
      revision: 2,
      endsAt: '2027-01-06T15:00:00.000Z',
    });
  });

  it('is the time zone of the calendar, then of the installation, and refused where neither has one', async () => {
    const { id } = await ingress.db.calendar.create({
      data: { name: 'Lisbon', kind: 'manual', defaultTimezone: 'Europe/Lisbon' },
    });
    expect((await put('placed', { ...bare, calendarId: id })).body.event.timezone).toBe('Europe/Lisbon');
    expect((await put('placed', { ...bare, calendarId: id, timezone: 'UTC' })).body.event.timezone).toBe('UTC');
    expect((await put('placed', { ...bare, calendarId: id })).body.event.timezone).toBe('UTC');
    const without = await openIngress();
    const { status, body } = await without.call('PUT', '/v1/events/e', bare);
    expect([status, body.errors]).toEqual([
      422,
      [{ path: 'timezone', message: 'is missing: its calendar has no default time zone' }],
    ]);
  });

  it.each([
    [{ address: 'Street 1' }, null, 'physical'],
    [{ lat: 1, lng: 2 }, null, 'physical'],
    [{}, 'https://zoom.us/j/1', 'online'],
    [{}, null, 'tbd'],
    [{ type: 'online', address: 'Street 1' }, 'https://zoom.us/j/1', 'online'],
  ])('a place %j with the link %p is %s', async (location, meetingUrl, type) => {
    const { body } = await put(`place-${type}-${JSON.stringify(location).length}`, { ...EVENT, location, meetingUrl });
    expect(body.event.location.type).toBe(type);
  });

  it('is asked for where a place could be either', async () => {
    const { status, body } = await put('both', {
      ...EVENT,
      location: { address: 'A' },
      meetingUrl: 'https://zoom.us/j/1',
    });
    expect([status, body.errors[0].path]).toEqual([422, 'location']);
  });
});

describe('addresses and zones of the world', () => {
  it('takes host names that other servers take', async () => {
    const meetingUrl = 'https://my_team.zoom.example/j/1';
    expect((await put('underscore', { ...EVENT, meetingUrl })).body.event.meetingUrl).toBe(meetingUrl);
  });

  it.each([
    ['zoom.us/j/1', 'must be an address that begins with http:// or https://'],
    ['https://exa mple.org', 'cannot be read as an address'],
    ['https://', 'cannot be read as an address'],
  ])('says what is wrong with %p', async (meetingUrl, message) => {
    expect((await put('wrong', { ...EVENT, meetingUrl })).body.errors).toEqual([{ path: 'meetingUrl', message }]);
  });

  it('keeps a zone as the IANA list spells it, and names what an abbreviation may mean', async () => {
    expect((await put('zone', { ...EVENT, timezone: 'europe/berlin' })).body.event.timezone).toBe('Europe/Berlin');
    expect((await put('zone', { ...EVENT, timezone: 'EUROPE/berlin' })).body).toMatchObject({
      operation: null,
      event: { revision: 1 },
    });
    expect((await put('abbreviated', { ...EVENT, timezone: 'IST' })).body.errors).toEqual([
      {
        path: 'timezone',
        message: 'must be an IANA time zone, such as Asia/Kolkata or Europe/Dublin or Asia/Jerusalem',
      },
    ]);
  });
});
