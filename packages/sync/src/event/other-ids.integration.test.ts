import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

/*
 * Ids of what belongs to an event or a guest: hosts, tags, tickets. None of them is unique over Luma, so a known id may
 * come under another parent, twice under one, or give way to a new id of the same thing.
 */

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const ADA = { id: 'usr-ada', email: 'ada@host.example', name: 'Ada' };

function createAtLuma(name: string, change: object) {
  const { id } = world.sim.control.createEvent({
    name,
    start_at: new Date(Date.now() + 86_400_000).toISOString(),
    timezone: 'UTC',
    silent: true,
  });
  world.sim.control.changeEvent(id, { ...change, silent: true });
  return id;
}

async function pull(): Promise<void> {
  await world.enqueue('calendar.pull', { calendarId: world.calendarId });
  await world.drain();
}

const find = async (lumaEventId: string) => {
  const link = await world.db.eventLink.findUnique({ where: { lumaEventId }, include: { event: true } });
  return link?.event ?? null;
};

const coHosts = async (lumaEventId: string) => {
  const event = await find(lumaEventId);
  const hosts = await world.db.eventHost.findMany({
    where: { eventId: event?.id ?? '', lumaUserId: { startsWith: 'usr-ada' } },
    select: { lumaUserId: true, email: true, name: true },
  });
  return hosts.map(({ lumaUserId: id, ...host }) => ({ id, ...host }));
};

describe('a host', () => {
  it('of two events has one entry at each', async () => {
    const [first, second] = [createAtLuma('First', { co_hosts: [ADA] }), createAtLuma('Second', { co_hosts: [ADA] })];
    await pull();
    expect([await coHosts(first), await coHosts(second)]).toEqual([[ADA], [ADA]]);
  });

  it('who is listed twice does not keep the event out, and is one host', async () => {
    const id = createAtLuma('Twice', { co_hosts: [ADA, { ...ADA, name: 'Ada L.' }] });
    await pull();
    expect(await find(id)).toMatchObject({ title: 'Twice' });
    expect(await coHosts(id)).toEqual([{ ...ADA, name: 'Ada L.' }]);
  });

  it('who comes back under a new id takes the place of the old one', async () => {
    const id = createAtLuma('New id', { co_hosts: [ADA] });
    await pull();
    const again = { ...ADA, id: 'usr-ada-2' };
    world.sim.control.changeEvent(id, { co_hosts: [again], silent: true });
    await world.enqueue('event.pull', { eventId: (await find(id))?.id ?? '' });
    await world.drain();
    expect(await coHosts(id)).toEqual([again]);
  });
});

describe('a tag', () => {
  it('that an event shows under two ids is one tag, when the event comes in and later', async () => {
    const id = createAtLuma('Tagged', { tags: ['Food', 'food'] });
    await pull();
    expect((await find(id))?.tags).toEqual(['Food']);
    world.passTime(60_000);
    world.sim.control.changeEvent(id, { tags: ['Food', 'food', 'Music', 'MUSIC'], silent: true });
    await pull();
    expect((await find(id))?.tags).toEqual(['Food', 'Music']);
  });
});

describe('tickets', () => {
  it('whose ids stand with another guest, or change, stay with the guest who shows them', async () => {
    const id = createAtLuma('Tickets', {});
    await pull();
    const eventId = (await find(id))?.id ?? '';
    world.sim.control.registerGuests(id, {
      guests: [{ email: 'a@example.org' }, { email: 'b@example.org' }],
      silent: true,
    });
    const pullGuests = async () => {
      await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
      await world.drain();
    };
    await pullGuests();
    const before = await world.rsvps(eventId);
    const [a, b] = before;
    // As if both had shown each other's tickets before.
    await world.db.rsvp.update({ where: { id: a?.id ?? '' }, data: { tickets: b?.tickets ?? [] } });
    await world.db.rsvp.update({ where: { id: b?.id ?? '' }, data: { tickets: [] } });
    world.sim.control.changeGuest(id, a?.link?.lumaGuestId ?? '', { isCheckedIn: true, silent: true });
    world.sim.control.changeGuest(id, b?.link?.lumaGuestId ?? '', { isCheckedIn: true, silent: true });
    await pullGuests();
    const ids = (rsvps: typeof before) => rsvps.map(({ tickets }) => (tickets as { id: string }[]).map((t) => t.id));
    const after = await world.rsvps(eventId);
    expect(ids(after)).toEqual(ids(before));
    expect(after.every(({ checkedInAt }) => checkedInAt !== null)).toBe(true);
    expect((await world.operationsOf('guest.pull')).map(({ state }) => state)).toEqual(['done', 'done']);
  });
});
