import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const DAY_MS = 86_400_000;
const create = (name: string, startsInMs: number) =>
  world.sim.control.createEvent({
    name,
    start_at: new Date(Date.now() + startsInMs).toISOString(),
    end_at: new Date(Date.now() + startsInMs + 3_600_000).toISOString(),
    timezone: 'UTC',
    silent: true,
  });
const pull = async () => world.run(await world.enqueue('calendar.pull', { calendarId: world.calendarId }));
const unannouncedAt = async () => (await world.db.calendar.findFirstOrThrow()).unannouncedAt;

describe('a pull of a calendar', () => {
  it('T13 leaves out what is long over, though Luma lists it first', async () => {
    create('long over', -30 * DAY_MS);
    create('coming', DAY_MS);
    expect(await pull()).toMatchObject({ outcome: { details: { seen: 1, imported: 1 } } });
    expect(await world.db.event.findMany()).toMatchObject([{ title: 'coming' }]);
  });

  it('T14 takes in no event that another calendar manages', async () => {
    const { id: foreign } = world.sim.control.addCalendar({ name: 'Foreign' });
    world.sim.control.createEvent({
      name: 'foreign',
      calendarId: foreign,
      start_at: new Date(Date.now() + DAY_MS).toISOString(),
      timezone: 'UTC',
      silent: true,
    });
    expect(await pull()).toMatchObject({ outcome: { details: { seen: 0 } } });
    expect(await world.db.event.count()).toBe(0);
  });

  it('T9 T11 T12 ends with the last page, though that names a next one, and takes in each event once', async () => {
    for (let n = 0; n < 6; n += 1) create(`e${n}`, DAY_MS + n * 1_000);
    world.sim.control.changeSettings({ paging: { defaultSize: 2, maxSize: 2 } });
    const after = world.sim.control.counters().requests;
    expect(await pull()).toMatchObject({ outcome: { details: { seen: 6, imported: 6 } } });
    expect(world.sim.control.log({ after, path: '/v1/calendars/events/list' })).toHaveLength(3);
  });

  it('of a head costs one request and finds a new event whose webhook was lost, at either end of the list', async () => {
    for (let n = 0; n < 6; n += 1) create(`e${n}`, DAY_MS + n * 1_000);
    await pull();
    world.sim.control.changeSettings({ paging: { defaultSize: 2, maxSize: 2 } });
    // Each is timed from the moment it is made: a slow machine makes this one much later than the others.
    create('soon', DAY_MS / 2);
    create('late', 3 * DAY_MS);
    const pulledAt = async () => (await world.db.calendar.findFirstOrThrow()).lastSyncedAt;
    const before = await pulledAt();
    for (const [head, title] of [
      ['next', 'soon'],
      ['last', 'late'],
    ] as const) {
      const after = world.sim.control.counters().requests;
      await world.run(await world.enqueue('calendar.pull', { calendarId: world.calendarId, head }));
      expect(world.sim.control.log({ after, path: '/v1/calendars/events/list' })).toHaveLength(1);
      expect(await world.db.event.count({ where: { title } })).toBe(1);
    }
    expect(await unannouncedAt()).not.toBeNull();
    expect(await pulledAt()).toEqual(before);
  });

  it('tells the watch over webhooks of what nobody told of, from the second time on', async () => {
    create('e1', DAY_MS);
    await pull();
    expect(await unannouncedAt()).toBeNull();
    await pull();
    expect(await unannouncedAt()).toBeNull();
    create('e2', DAY_MS);
    await pull();
    expect(await unannouncedAt()).not.toBeNull();
  });

  it('T62 a webhook of an event that another installation made here changes nothing, and is no error', async () => {
    const event = { id: 'evt-of-another', calendar_id: 'cal-of-another', name: 'x', timezone: 'UTC' };
    const at = new Date(Date.now() + DAY_MS).toISOString();
    const data = { ...event, start_at: at, end_at: at, created_at: at, url: 'https://luma.com/x' };
    await world.deliver([{ body: JSON.stringify({ type: 'event.updated', data }) }]);
    await world.drain();
    expect((await world.operationsOf('inbox.apply')).map(({ state }) => state)).toEqual(['done']);
    expect(await world.db.event.count()).toBe(0);
  });

  it('T58 three copies of a webhook at the same instant, under ids of their own, make one event', async () => {
    world.sim.control.createEvent({
      name: 'thrice',
      start_at: new Date(Date.now() + DAY_MS).toISOString(),
      timezone: 'UTC',
    });
    const bodies = world.announced().filter(({ type }) => type === 'event.created');
    expect(bodies).toHaveLength(1);
    await world.deliver([...bodies, ...bodies, ...bodies]);
    const operations = await world.operationsOf('inbox.apply');
    await Promise.all(operations.map(({ id }) => world.run(id)));
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
  });
});
