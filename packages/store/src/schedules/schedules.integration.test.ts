import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { inTransaction } from '../database.js';
import { enqueueCalendarPulls } from './enqueue-scheduled.js';
import { fireScheduleSlot, isSlotFired } from './schedule-slots.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const BY = { firedBy: 'relay' };
const SLOT = { name: 'drift.check', slot: new Date('2030-01-06T04:00:00.000Z') };

describe('a slot of a schedule', () => {
  it('is fired once by ten relays at once', async () => {
    await world.addCalendar();
    const fire = () => fireScheduleSlot(world.db, SLOT, BY, (tx) => enqueueCalendarPulls(tx, 0));
    const fired = await Promise.all(Array.from({ length: 10 }, fire));
    expect(fired.filter(Boolean)).toHaveLength(1);
    expect(await world.db.operation.findMany()).toMatchObject([
      { job: 'calendar.pull', requests: 1, trigger: 'scheduled' },
    ]);
    expect(await fire()).toBeNull();
    expect(await isSlotFired(world.db, SLOT)).toBe(true);
  });

  it('is not fired when what it asks for could not be stored', async () => {
    await expect(fireScheduleSlot(world.db, SLOT, BY, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await isSlotFired(world.db, SLOT)).toBe(false);
  });
});

describe('what schedules ask for', () => {
  it('is one pull per calendar with a key that is switched on, spread over the time given', async () => {
    const [first, second] = [await world.addCalendar(), await world.addCalendar()];
    const off = await world.addCalendar();
    await world.db.calendar.update({ where: { id: off }, data: { syncEnabled: false } });
    await world.db.calendar.create({ data: { name: 'by hand', kind: 'manual' } });
    const startedAt = Date.now();
    expect(await inTransaction(world.db, (tx) => enqueueCalendarPulls(tx, 3_600_000))).toBe(2);
    const rows = await world.db.operation.findMany({ orderBy: { runAfter: 'asc' } });
    expect(rows.map(({ calendarId }) => calendarId)).toEqual([first, second]);
    expect((rows[1]?.runAfter.getTime() ?? 0) - startedAt).toBeGreaterThanOrEqual(1_800_000);
  });
});
