import { beforeEach, describe, expect, it } from '@jest/globals';
import { type AppRsvpInput, putRsvp } from '@luma-sync/application';
import { retryingTransaction } from '@luma-sync/store';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const put = async (person: string, over: Partial<AppRsvpInput>) => {
  const input = { name: 'Asha', email: 'a@example.org', emailVerified: true, status: 'going' as const, ...over };
  const result = await retryingTransaction(world.db, (tx) =>
    putRsvp(tx, { eventKey: 'e1', personKey: person }, input, 'app'),
  );
  if (result.kind !== 'stored') throw new Error(result.kind);
};
const register = (guest: { email: string; name?: string; phone?: string }, over: object = {}) =>
  world.sim.control.registerGuests(lumaEventId, { guests: [guest], silent: true, ...over }).guests[0]?.id ?? '';
const change = (guest: string, over: object) =>
  world.sim.control.changeGuest(lumaEventId, guest, { silent: true, ...over });
const pull = async () => {
  const options = { assignCoupons: false, sendEmails: false, approvalStatus: null };
  await world.enqueue('guest.pull', { eventId, ...options });
  await world.drain();
};
const people = () => world.db.person.findMany({ orderBy: { createdAt: 'asc' } });
const adds = () => world.sim.control.log({ path: '/v1/events/guests/add' });
const story = async (recordId: string) =>
  (await world.db.timelineEntry.findMany({ where: { recordId }, orderBy: { id: 'asc' } })).map(({ fact }) => fact);

describe('an address that Luma writes in another way than the app', () => {
  const [ascii, letters] = ['second@xn--dmin-moa0i.example', 'second@dömäin.example'];

  it('is the person’s: our add is confirmed by the guest whom Luma shows', async () => {
    world.sim.control.changeSettings({ guests: { emailHost: 'letters' } });
    await put('second', { email: ascii });
    await world.drain();
    await pull();
    expect(await world.rsvps(eventId)).toMatchObject([
      { status: 'going', person: { externalId: 'second', email: ascii }, link: { state: 'synced' } },
    ]);
    expect(adds()).toHaveLength(1);
  });

  it.each([
    [letters, ascii],
    [ascii, letters],
    ['second@DÖMÄIN.example.', ascii],
    ['ju\u0308rgen@example.org', 'jürgen@example.org'],
  ])('is the person’s who registered at Luma before: %s, then %s', async (atLuma, inApp) => {
    register({ email: atLuma });
    await pull();
    await put('second', { email: inApp });
    await world.drain();
    await pull();
    expect(await world.rsvps(eventId)).toMatchObject([{ person: { externalId: 'second' }, link: { state: 'synced' } }]);
    expect(await people()).toHaveLength(1);
    expect(adds()).toHaveLength(0);
  });
});

describe('the moment a guest registered', () => {
  it('is stored with the guest, and filled in for those whom an older version stored, as no news', async () => {
    register({ email: 'a@example.org' });
    await pull();
    const [rsvp] = await world.rsvps(eventId);
    expect(rsvp?.registeredAt).not.toBeNull();
    const before = await story(rsvp?.id ?? '');
    await world.db.rsvp.updateMany({ data: { registeredAt: null } });
    await pull();
    const [again] = await world.rsvps(eventId);
    expect(again?.registeredAt).toEqual(rsvp?.registeredAt);
    expect(await story(rsvp?.id ?? '')).toEqual(before);
  });
});

describe('a phone that is written in several ways', () => {
  it.each(['+49 (0) 171 5550001', '+4901715550001', '0049 171/5550001', '+49-171-555.0001'])(
    'is one: %s',
    async (phone) => {
      await put('asha', { name: 'Asha', phone: '+491715550001' });
      await world.db.rsvp.deleteMany();
      register({ email: 'other@example.org', name: 'Asha', phone });
      await pull();
      expect(await people()).toHaveLength(1);
    },
  );
});

describe('a guest of Luma’s who corrects their address', () => {
  const [typo, right] = ['bob@typo.example', 'alice@right.example'];

  it('has the new address and name here, by a pull', async () => {
    const id = register({ email: typo, name: 'Bob' });
    await pull();
    change(id, { email: right, name: 'Alice' });
    await pull();
    expect(await world.rsvps(eventId)).toMatchObject([
      { person: { email: right, name: 'Alice', origin: 'luma' }, link: { lumaGuestId: id } },
    ]);
    expect(await people()).toHaveLength(1);
  });

  it('has it by a webhook as well, though nothing but the address changed', async () => {
    const id = register({ email: typo, name: 'Bob' });
    await pull();
    await world.deliver(await announcedBy(world, () => change(id, { email: right, silent: false })));
    await world.drain();
    expect(await people()).toMatchObject([{ email: right, name: 'Bob' }]);
  });

  it('leaves the old address to its owner, in the app and at Luma', async () => {
    const id = register({ email: typo, name: 'Bob' });
    await pull();
    change(id, { email: right, name: 'Alice' });
    const owner = register({ email: typo, name: 'Robert' });
    await pull();
    await put('robert', { email: typo, name: 'Robert' });
    await world.drain();
    const rows = await world.rsvps(eventId);
    expect(rows.map(({ person, link }) => [person.email, person.externalId, link?.lumaGuestId])).toEqual([
      [right, null, id],
      [typo, 'robert', owner],
    ]);
    for (const { id: rsvpId } of rows) expect(await story(rsvpId)).not.toContain('guest-second-entry');
  });

  it('is the app’s person who has that address already, with their code and history', async () => {
    await put('alice', { email: right, name: 'Alice', status: 'interested' });
    const id = register({ email: typo, name: 'Bob' });
    await pull();
    expect(await people()).toHaveLength(2);
    change(id, { email: right });
    await pull();
    expect(await people()).toMatchObject([{ externalId: 'alice', email: right }]);
    expect(await world.rsvps(eventId)).toMatchObject([{ link: { lumaGuestId: id } }]);
  });

  it('two who change places keep their own entries', async () => {
    const [first, second] = [register({ email: typo, name: 'Bob' }), register({ email: right, name: 'Alice' })];
    await pull();
    change(first, { email: 'x@example.org' });
    change(second, { email: typo });
    change(first, { email: right });
    await pull();
    const rows = await world.rsvps(eventId);
    expect(rows.map(({ person, link }) => [person.email, link?.lumaGuestId])).toEqual([
      [right, first],
      [typo, second],
    ]);
  });

  it('changes nothing of a person whom the app knows', async () => {
    await put('asha', {});
    await world.drain();
    change('a@example.org', { email: right, name: 'Somebody' });
    await pull();
    expect(await people()).toMatchObject([{ externalId: 'asha', name: 'Asha', email: 'a@example.org' }]);
  });
});

describe('a guest who was taken off without a webhook and registered again', () => {
  const comeBack = (over: object = {}) => {
    const [guest] = world.sim.control.state().events.flatMap(({ guests }) => guests);
    world.sim.control.removeGuest(lumaEventId, guest?.id ?? '');
    return register({ email: guest?.email ?? '', name: 'Asha' }, { isCheckedIn: true, ...over });
  };

  it.each([
    ['pull', pull],
    [
      'reconcile',
      async () => {
        await world.enqueue('rsvp.reconcile', { eventId });
        await world.drain();
      },
    ],
  ])('is who they were, by their new entry, with the first %s', async (_how, look) => {
    await put('asha', {});
    await world.drain();
    const id = comeBack();
    await look();
    const [rsvp] = await world.rsvps(eventId);
    expect(rsvp).toMatchObject({ status: 'going', link: { lumaGuestId: id, state: 'synced' } });
    expect(rsvp?.checkedInAt).not.toBeNull();
    expect(await story(rsvp?.id ?? '')).toContain('guest-entry-moved');
    await pull();
    await pull();
    expect(await world.rsvps(eventId)).toMatchObject([{ status: 'going' }]);
    expect(adds()).toHaveLength(1);
  });

  it('is who they were with the webhook of the registration', async () => {
    await put('asha', {});
    await world.drain();
    let id = '';
    await world.deliver(
      await announcedBy(world, () => {
        id = comeBack({ silent: false });
      }),
    );
    await world.drain();
    const [rsvp] = await world.rsvps(eventId);
    expect(rsvp).toMatchObject({ status: 'going', link: { lumaGuestId: id } });
    expect(rsvp?.checkedInAt).not.toBeNull();
  });

  it('waits for the host where the new registration does, and nothing of the old one is sent', async () => {
    register({ email: 'a@example.org', name: 'Asha' });
    await pull();
    comeBack({ status: 'pending_approval', isCheckedIn: false });
    await pull();
    expect(await world.rsvps(eventId)).toMatchObject([{ status: 'pending' }]);
    expect(world.sim.control.log({ path: '/v1/events/guests/update-status' })).toHaveLength(0);
  });

  it('a second entry beside one that is there stays a second entry', async () => {
    const first = register({ email: 'a@example.org', name: 'Asha' });
    await pull();
    change(first, { email: 'moved@example.org' });
    await world.db.person.updateMany({ data: { externalId: 'asha', emailVerified: true } });
    register({ email: 'a@example.org', name: 'Asha' });
    await pull();
    const [rsvp] = await world.rsvps(eventId);
    expect(rsvp).toMatchObject({ link: { lumaGuestId: first } });
    expect(await story(rsvp?.id ?? '')).toContain('guest-second-entry');
  });
});
