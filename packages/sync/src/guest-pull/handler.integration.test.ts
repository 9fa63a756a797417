import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld({ sim: { paging: { maxSize: 20, defaultSize: 20 } } });
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const PATH = '/v1/events/guests/list';
const register = (count: number, emailPrefix = 'g') =>
  world.sim.control.registerGuests(lumaEventId, { count, emailPrefix, silent: true });
const pull = () =>
  world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
const pages = () => world.sim.control.log({ path: PATH }).length;
const versions = async () => {
  const rows = await world.db.$queryRaw<{ version: string }[]>`
    select id || xmin::text as version from rsvps union all select id || xmin::text from rsvp_links union all
      select id || xmin::text from people`;
  return rows.map(({ version }) => version).sort();
};

describe('pulling guests', () => {
  it('T11 takes every page, though Luma decides how long one is', async () => {
    register(55);
    await pull();
    const ends = await world.drain();
    expect(ends).toMatchObject([{ kind: 'done', outcome: { details: { seen: 55, added: 55 } } }]);
    expect(await world.rsvps(eventId)).toHaveLength(55);
    expect(pages()).toBeGreaterThan(1);
    expect((await world.row(eventId)).link?.guestsPulledAt).not.toBeNull();
  });

  it('a second time writes nothing, whatever brought the guests before', async () => {
    const bodies = world.announced().length;
    world.sim.control.registerGuests(lumaEventId, { count: 5, emailPrefix: 'w' });
    await world.deliver(world.announced().slice(bodies));
    await world.putRsvp('e1', 'own', 'going');
    await world.drain();
    const before = await versions();
    const timeline = await world.db.timelineEntry.count();
    await pull();
    expect(await world.drain()).toMatchObject([{ outcome: { details: { seen: 6, added: 0, updated: 0 } } }]);
    expect(await versions()).toEqual(before);
    expect(await world.db.timelineEntry.count()).toBe(timeline);
  });

  it('goes on where it was interrupted', async () => {
    register(55);
    const id = await pull();
    world.sim.control.layFault({ kind: 'error', status: 503, path: PATH, skip: 1, count: 1 });
    expect(await world.run(id)).toMatchObject({ kind: 'put-back', code: 'luma.unavailable' });
    const half = (await world.rsvps(eventId)).length;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(55);
    const before = pages();
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done', outcome: { details: { seen: 55, added: 55 } } });
    expect(await world.rsvps(eventId)).toHaveLength(55);
    // Together as many as without the interruption, and the one that failed.
    expect(pages() - before).toBeLessThan(before + 2);
  });

  it('does not begin again when only its end was not stored', async () => {
    register(5);
    const id = await pull();
    const rsvps = new Proxy(world.deps.rsvps, {
      get: (target, name, receiver) =>
        name === 'markPulled'
          ? () => Promise.reject(new Error('Connection terminated'))
          : Reflect.get(target, name, receiver),
    });
    expect(await world.run(id, { ...world.deps, rsvps })).toMatchObject({ kind: 'put-back' });
    const before = pages();
    await world.drain();
    expect(pages()).toBe(before);
  });
});
