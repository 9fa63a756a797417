import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  eventId = await world.putEvent('meetup');
  await world.drain();
  lumaEventId = (await world.row(eventId)).link?.lumaEventId ?? '';
  delivered = world.announced().length;
});

const ANA = 'ana@example.org';
let delivered: number;
async function deliverNew(): Promise<string[]> {
  const news = world.announced().slice(delivered);
  delivered += news.length;
  await world.deliver(news);
  await world.drain();
  return news.map(({ type }) => type);
}
const register = (change: object = {}) =>
  world.sim.control.registerGuests(lumaEventId, { guests: [{ email: ANA, name: 'Ana' }], ...change });
const atLuma = () => world.sim.control.state().events.find(({ id }) => id === lumaEventId)?.guests ?? [];
const change = (body: object) => world.sim.control.changeGuest(lumaEventId, ANA, body);
const only = async () => {
  const all = await world.rsvps(eventId);
  expect(all).toHaveLength(1);
  const [rsvp] = all;
  if (rsvp === undefined) throw new Error('no answer');
  return rsvp;
};
const writes = () =>
  ['/v1/events/guests/add', '/v1/events/guests/update-status'].flatMap((path) => world.sim.control.log({ path }));
const pull = async (coupons = false) => {
  const options = { assignCoupons: coupons, sendEmails: coupons, approvalStatus: null };
  const id = await world.enqueue('guest.pull', { eventId, ...options });
  expect(await world.run(id)).toMatchObject({ kind: 'done' });
  // Whether a mail is asked for is what counts here; sending it has tests of its own.
  await world.db.operation.deleteMany({ where: { job: 'coupon.email' } });
};
async function stock(): Promise<void> {
  await world.db.couponPool.create({
    data: {
      name: 'Drinks',
      events: { create: { eventId } },
      codes: { createMany: { data: Array.from({ length: 5 }, (_none, n) => ({ code: `C${n}` })) } },
    },
  });
}
const story = async (recordId: string) => (await readEntries(world.db, { recordId })).map(({ message }) => message);

describe('a guest with several tickets', () => {
  it('T28 is one guest who arrived with the first of them, whichever comes in last', async () => {
    register({ tickets: 3, silent: true });
    const news = () => world.announced().slice(delivered);
    change({ isCheckedIn: true });
    const [{ body = '{}' } = {}] = news();
    delivered += news().length;
    const delivery = JSON.parse(body);
    const [a, b, c] = delivery.data.event_tickets;
    const at = (minute: number) => `2030-01-01T18:${String(minute).padStart(2, '0')}:00.000Z`;
    delivery.data.event_tickets = [
      { ...a, checked_in_at: at(40) },
      { ...b, checked_in_at: at(5) },
      { ...c, checked_in_at: null },
    ];
    await world.deliver([{ body: JSON.stringify(delivery) }]);
    await world.drain();
    const rsvp = await only();
    expect(rsvp.tickets).toHaveLength(3);
    expect(rsvp).toMatchObject({ status: 'going', checkedInAt: new Date(at(5)) });
    expect((await story(rsvp.id)).join()).toMatch(/3 tickets; earliest check-in 18:05 UTC/);
    expect(await world.db.person.count()).toBe(1);
  });
});

describe('a guest with the status "session"', () => {
  it('T29 reads as going, gets no coupon and no mail, and is not written to', async () => {
    await stock();
    register({ silent: true });
    change({ status: 'session' });
    await pull(true);
    const rsvp = await only();
    expect(rsvp).toMatchObject({ status: 'going', link: { state: 'pulled' } });
    expect([await world.db.couponAssignment.count(), await world.db.message.count()]).toEqual([0, 0]);
    // The app says what is so already.
    await world.putRsvp('meetup', 'ana', 'going');
    await world.drain();
    expect(await only()).toMatchObject({ id: rsvp.id, status: 'going' });
    expect(writes()).toEqual([]);
    expect(atLuma()).toMatchObject([{ status: 'session' }]);
    // The same guest with a real place earns one: it was the status.
    change({ status: 'approved', silent: true });
    await pull(true);
    expect(await world.db.couponAssignment.count()).toBe(1);
  });
});

describe('somebody who cancels and registers again', () => {
  it('at Luma is the same guest here, going again, without a word from us', async () => {
    register();
    await deliverNew();
    const { id } = await only();
    change({ status: 'declined' });
    await deliverNew();
    expect(await only()).toMatchObject({ id, status: 'rejected' });
    register();
    expect(await deliverNew()).toContain('guest.registered');
    expect(await only()).toMatchObject({ id, status: 'going' });
    expect(writes()).toEqual([]);
    expect(atLuma()).toHaveLength(1);
  });

  it('in the app is the same guest at Luma, and there once', async () => {
    for (const status of ['going', 'cancelled', 'going'] as const) {
      await world.putRsvp('meetup', 'ana', status);
      await world.drain();
    }
    const rsvp = await only();
    expect(rsvp).toMatchObject({ status: 'going', revision: 3, link: { state: 'synced' } });
    expect(atLuma()).toMatchObject([{ id: rsvp.link?.lumaGuestId, status: 'approved' }]);
    expect(world.sim.control.counters().duplicates.guests).toEqual([]);
    // Also its echoes, late and all at once, change nothing.
    const before = writes().length;
    await deliverNew();
    expect(await only()).toMatchObject({ id: rsvp.id, status: 'going', revision: 3 });
    expect(writes()).toHaveLength(before);
  });

  it('in the app after being declined at Luma stays declined there', async () => {
    await world.putRsvp('meetup', 'ana', 'going');
    await world.drain();
    change({ status: 'declined' });
    await deliverNew();
    await world.putRsvp('meetup', 'ana', 'cancelled');
    await world.drain();
    await expect(world.putRsvp('meetup', 'ana', 'going')).rejects.toThrow('declined-at-luma');
    await world.drain();
    expect(atLuma()).toMatchObject([{ status: 'declined' }]);
    expect(await only()).toMatchObject({ status: 'cancelled' });
  });
});

describe('a guest known from Luma who signs up in the app later', () => {
  it('is one person with one answer: guest, check-in, tickets, coupon and history stay', async () => {
    await stock();
    register({ tickets: 2, isCheckedIn: true });
    await deliverNew();
    await pull(true);
    const before = await only();
    expect(before.person).toMatchObject({ origin: 'luma', externalId: null });
    const told = await story(before.id);
    expect(told.length).toBeGreaterThan(0);

    await world.putRsvp('meetup', 'ana', 'going');
    await world.drain();
    const after = await only();
    expect(after).toMatchObject({
      id: before.id,
      personId: before.personId,
      checkedInAt: before.checkedInAt,
      tickets: before.tickets,
      link: { lumaGuestId: before.link?.lumaGuestId },
    });
    expect(after.checkedInAt).not.toBeNull();
    expect(after.person).toMatchObject({ origin: 'luma', externalId: 'ana' });
    expect((await story(before.id)).slice(0, told.length)).toEqual(told);
    expect((await story(before.id)).join()).toMatch(/history kept/);
    expect(await world.db.couponAssignment.findMany()).toMatchObject([{ personId: before.personId, eventId }]);
    // Another pull serves nobody a second time, and nothing was sent to Luma.
    await pull(true);
    expect(await world.db.couponAssignment.count()).toBe(1);
    expect(writes()).toEqual([]);
    expect(await world.db.person.count()).toBe(1);
  });
});
