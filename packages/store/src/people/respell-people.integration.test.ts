import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { respellPeople } from './respell-people.js';

const STORED = 'second@dömäin.example';
const NORMAL = 'second@xn--dmin-moa0i.example';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const add = (over: object) =>
  world.db.person.create({ data: { name: 'Second', origin: 'app', spellingVersion: 0, ...over } });
const people = () => world.db.person.findMany({ orderBy: { createdAt: 'asc' } });
const ofApp = { externalId: 'u1', emailVerified: true };
const ofLuma = { origin: 'luma' } as const;

describe('people stored in an older spelling', () => {
  it('get the present one: address, claim, phone and the address they were added under', async () => {
    const { id } = await add({ ...ofApp, email: STORED, claimedEmail: 'A@Dömäin.example', phone: '+4901715550001' });
    const eventId = await world.addEvent({ calendarId: await world.addCalendar() });
    const rsvp = await world.db.rsvp.create({ data: { eventId, personId: id, status: 'going' } });
    await world.db.rsvpLink.create({ data: { rsvpId: rsvp.id, state: 'unconfirmed', askedEmail: STORED } });
    expect(await respellPeople(world.db)).toEqual({ looked: 1, changed: 1, merged: 0 });
    expect(await people()).toMatchObject([
      { email: NORMAL, claimedEmail: 'a@xn--dmin-moa0i.example', phone: '+491715550001', spellingVersion: 1 },
    ]);
    expect(await world.db.rsvpLink.findFirst()).toMatchObject({ askedEmail: NORMAL });
    expect(await respellPeople(world.db)).toEqual({ looked: 0, changed: 0, merged: 0 });
  });

  it('are not looked at when they were stored since', async () => {
    await world.db.person.create({ data: { name: 'New', origin: 'app', email: 'a@example.org' } });
    expect(await respellPeople(world.db)).toMatchObject({ looked: 0 });
  });

  it.each([
    ['Luma’s and the app’s', { ...ofLuma, email: STORED }, { ...ofApp, email: NORMAL }],
    ['the app’s and Luma’s', { ...ofApp, email: STORED }, { ...ofLuma, email: NORMAL }],
    ['two of Luma’s', { ...ofLuma, email: STORED }, { ...ofLuma, email: NORMAL }],
  ])('become one person where the rules allow it: %s', async (_who, first, second) => {
    await add(first);
    await add(second);
    expect(await respellPeople(world.db)).toMatchObject({ looked: 2, merged: 1 });
    expect(await people()).toMatchObject([{ email: NORMAL, spellingVersion: 1 }]);
  });

  it('stay two where nobody can tell: each of the app’s, or without proof', async () => {
    await add({ externalId: 'u1', emailVerified: true, email: STORED });
    await add({ externalId: 'u2', emailVerified: true, email: NORMAL });
    expect(await respellPeople(world.db)).toMatchObject({ looked: 2, merged: 0 });
    expect((await people()).map(({ email }) => email)).toEqual([STORED, NORMAL]);
  });
});
