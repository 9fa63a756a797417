import { beforeEach, describe, expect, it } from '@jest/globals';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let lumaEventId: string;
let bodies: Awaited<ReturnType<typeof announcedBy>>;
beforeEach(async () => {
  world = await openSyncWorld();
  const event = { name: 'Closed', start_at: new Date(Date.now() + 86_400_000).toISOString(), timezone: 'UTC' };
  bodies = await announcedBy(world, () => {
    lumaEventId = world.sim.control.createEvent(event).id;
  });
});

const forbid = () => world.sim.control.layFault({ kind: 'error', status: 403, path: '/v1/events/get', count: 20 });
const records = () => world.db.unreadableRecord.findMany();
const stories = () => readEntries(world.db, { fact: 'record-unreadable' });

describe('a webhook about an event that the key may not read', () => {
  it('is kept and told of once, and no run asks again', async () => {
    forbid();
    await world.deliver(bodies);
    await world.drain();
    await world.deliver(bodies);
    await world.drain();
    expect(await records()).toMatchObject([
      { lumaId: lumaEventId, problems: [{ path: '', reason: 'forbidden' }], isTaken: false, resolvedAt: null },
    ]);
    const told = await stories();
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('Luma does not let the key read it')]);
    const deliveries = await world.db.webhookDelivery.findMany();
    expect(deliveries.length).toBeGreaterThan(0);
    for (const delivery of deliveries) expect(delivery).toMatchObject({ state: 'ignored', error: 'forbidden' });
    expect((await world.operationsOf('inbox.apply')).every(({ state }) => state === 'done')).toBe(true);
  });

  it('about a guest of such an event says the same', async () => {
    const ofGuest = await announcedBy(world, () =>
      world.sim.control.registerGuests(lumaEventId, { count: 1, emailPrefix: 'g' }),
    );
    forbid();
    await world.deliver(ofGuest);
    await world.drain();
    expect(await records()).toMatchObject([{ lumaId: lumaEventId, problems: [{ reason: 'forbidden' }] }]);
    expect(await world.db.event.count()).toBe(0);
  });

  it('is taken in, and its record closed, by the next list once the key may read it', async () => {
    forbid();
    await world.deliver(bodies);
    await world.drain();
    world.sim.control.liftFaults();
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    const [record] = await records();
    expect(record?.resolvedAt).not.toBeNull();
    expect(world.sim.control.outside().count).toBe(0);
  });
});
