import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { ensureEnvironmentCalendar } from '../calendars/environment-calendar.js';
import { retryingTransaction } from '../contention.js';
import { openKeyring } from '../secrets/keyring.js';
import { wakeCalendarOperations } from './wake.js';

const keyring = openKeyring(randomBytes(32).toString('base64'));
const LATER = new Date(Date.now() + 600_000);

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

/** An operation that waits ten minutes for its calendar. */
async function addWaiting(eventId: string, data: object = {}): Promise<string> {
  const id = await world.enqueue('event.push', { eventId });
  const waits = { waitingReason: 'calendar.auth_failed', runAfter: LATER, dispatchAt: LATER, dispatched: true };
  await world.db.operation.update({ where: { id }, data: { eventId, ...waits, ...data } });
  return id;
}

const isDue = async (id: string): Promise<boolean> => {
  const { runAfter, dispatchAt } = await world.operation(id);
  return runAfter < LATER && dispatchAt !== null && dispatchAt < LATER;
};

it('an operation that names no calendar is woken with the calendar its event is pinned to, or asks for', async () => {
  const [calendarId, otherId] = [await world.addCalendar(), await world.addCalendar()];
  const pinned = await addWaiting(await world.addEvent({ calendarId }));
  const asking = await world.addEvent();
  await world.db.event.update({ where: { id: asking }, data: { calendarId } });
  const unpinned = await addWaiting(asking);
  const elsewhere = await addWaiting(await world.addEvent({ calendarId: otherId }));
  await wakeCalendarOperations(world.db, [calendarId]);
  expect([await isDue(pinned), await isDue(unpinned), await isDue(elsewhere)]).toEqual([true, true, false]);
});

it('another key in the environment wakes what waited for it, and places what no calendar could take', async () => {
  const before = await retryingTransaction(world.db, (tx) =>
    ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key-1' }),
  );
  const waiting = await addWaiting(await world.addEvent({ calendarId: before.id }), { calendarId: before.id });
  const eventId = await world.addEvent();
  const unplaced = await world.enqueue('event.push', { eventId });
  const failed = { eventId, state: 'failed', errorCode: 'event.no_calendar', dispatchAt: null } as const;
  await world.db.operation.update({ where: { id: unplaced }, data: failed });
  await retryingTransaction(world.db, (tx) => ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key-1' }));
  expect(await isDue(waiting)).toBe(false);
  await retryingTransaction(world.db, (tx) => ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key-2' }));
  expect(await isDue(waiting)).toBe(true);
  expect(await world.operation(unplaced)).toMatchObject({ state: 'replayed', replayedBy: expect.any(String) });
});

it('a key in the environment that another calendar has already makes no second calendar', async () => {
  const apart = await openSyncWorld();
  const ensure = () =>
    retryingTransaction(apart.db, (tx) => ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key' }));
  const first = await ensure();
  await apart.db.calendar.update({ where: { id: first.id }, data: { name: randomUUID() } });
  expect((await ensure()).id).toBe(first.id);
  expect(await apart.db.calendar.count()).toBe(1);
});
