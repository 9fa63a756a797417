import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
let calendars: Record<'munich' | 'berlin' | 'everywhere', string>;
beforeEach(async () => {
  world = await openSyncWorld();
  const add = async (name: string, lat: number, lng: number) =>
    (
      await world.db.calendar.create({
        data: { name, kind: 'luma', routingLat: lat, routingLng: lng, routingRadiusKm: 50 },
      })
    ).id;
  calendars = {
    munich: await add('Munich', 48.137, 11.576),
    berlin: await add('Berlin', 52.52, 13.405),
    everywhere: world.calendarId,
  };
});

/** Calendars whose key was used, in order. */
let used: string[] = [];
/**
 * All three share one account at Luma here; which of them was chosen is what the link says, and whose key was asked
 * for.
 */
const deps = () => ({
  ...world.deps,
  luma: {
    open: async (calendarId: string) => {
      used.push(calendarId);
      return { ...(await world.deps.luma.open(calendarId)), calendarId };
    },
  },
});

const place = (lat: number | null, lng: number | null) => ({
  location: { type: 'physical' as const, name: 'Venue', address: 'Street 1', lat, lng },
});
const push = () => world.drain(deps());
const calendarOf = async (eventId: string) => (await world.row(eventId)).link?.calendarId;

describe('an event among three calendars', () => {
  it.each([
    ['in the first circle', 48.2, 11.6, 'munich'],
    ['in the second circle', 52.4, 13.3, 'berlin'],
    ['in no circle', 53.55, 9.99, 'everywhere'],
    ['without a place', null, null, 'everywhere'],
  ] as const)('%s goes where it belongs', async (_where, lat, lng, expected) => {
    const id = await world.putEvent('e1', place(lat, lng));
    await push();
    expect(await calendarOf(id)).toBe(calendars[expected]);
  });

  it('goes where the app says, wherever it takes place', async () => {
    const id = await world.putEvent('e1', { ...place(48.2, 11.6), calendarId: calendars.berlin });
    await push();
    expect(await calendarOf(id)).toBe(calendars.berlin);
  });

  it('stays on the calendar it was made on when it moves, and when the circles do', async () => {
    const id = await world.putEvent('e1', place(48.2, 11.6));
    await push();
    await world.putEvent('e1', place(52.4, 13.3));
    await world.db.calendar.update({ where: { id: calendars.munich }, data: { routingRadiusKm: 1 } });
    used = [];
    await push();
    expect(await calendarOf(id)).toBe(calendars.munich);
    expect(new Set(used)).toEqual(new Set([calendars.munich]));
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
  });
});
