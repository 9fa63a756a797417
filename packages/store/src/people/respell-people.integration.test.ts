import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { respellPeople } from './respell-people.js';

const STORED = 'second@dömäin.example';
const NORMAL = 'second@xn--dmin-moa0i.example';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const respell = () => respellPeople(world.db, null);
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
    expect(await respell()).toMatchObject({ lastId: id, changed: 1, merged: 0, failed: 0 });
    expect(await people()).toMatchObject([
      { email: NORMAL, claimedEmail: 'a@xn--dmin-moa0i.example', phone: '+491715550001', spellingVersion: 1 },
    ]);
    expect(await world.db.rsvpLink.findFirst()).toMatchObject({ askedEmail: NORMAL });
    expect(await respell()).toEqual({ lastId: null, changed: 0, merged: 0, failed: 0 });
  });

  it('are not looked at when they were stored since', async () => {
    await world.db.person.create({ data: { name: 'New', origin: 'app', email: 'a@example.org' } });
    expect(await respell()).toMatchObject({ lastId: null });
  });

  it.each([
    ['Luma’s and the app’s', { ...ofLuma, email: STORED }, { ...ofApp, email: NORMAL }],
    ['the app’s and Luma’s', { ...ofApp, email: STORED }, { ...ofLuma, email: NORMAL }],
    ['two of Luma’s', { ...ofLuma, email: STORED }, { ...ofLuma, email: NORMAL }],
  ])('become one person where the rules allow it: %s', async (_who, first, second) => {
    await add(first);
    await add(second);
    expect(await respell()).toMatchObject({ merged: 1, failed: 0 });
    expect(await people()).toMatchObject([{ email: NORMAL, spellingVersion: 1 }]);
  });

  it('stay two where nobody can tell: each of the app’s, or without proof', async () => {
    await add({ externalId: 'u1', emailVerified: true, email: STORED });
    await add({ externalId: 'u2', emailVerified: true, email: NORMAL });
    expect(await respell()).toMatchObject({ merged: 0, failed: 0 });
    expect((await people()).map(({ email }) => email)).toEqual([STORED, NORMAL]);
  });

  it('cost nobody else anything when one of them cannot be written', async () => {
    const people = await Promise.all(
      ['a', 'b', 'c'].map((name) => add({ name, externalId: name, email: `${name}@dömäin.example` })),
    );
    await world.db.$executeRaw`alter table people add constraint odd check (email <> 'b@xn--dmin-moa0i.example')`;
    expect(await respell()).toMatchObject({ changed: 2, failed: 1 });
    expect(await world.db.person.count({ where: { spellingVersion: 0 } })).toBe(1);
    const last =
      people
        .map(({ id }) => id)
        .toSorted()
        .at(-1) ?? null;
    expect(await respellPeople(world.db, last)).toMatchObject({ lastId: null });
  });
});
