import { beforeEach, describe, expect, it } from '@jest/globals';
import { findEventView, findRsvpView, listRsvps } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId } = await world.publishEvent('e1'));
});

/** One run of the operation that waits. */
const runNext = async (job: 'event.push' | 'rsvp.push') => {
  const [operation] = (await world.operationsOf(job)).filter(({ state }) => state === 'queued');
  return world.run(operation?.id ?? '');
};
const lumaIsAway = (count: number) => world.sim.control.layFault({ kind: 'error', status: 503, count });
const AWAY = { code: 'luma.unavailable', message: expect.stringContaining('503'), nextTryAt: expect.any(Date) };
const syncOf = async (person: string) => {
  const { id } = await world.db.person.findUniqueOrThrow({ where: { externalId: person } });
  return (await findRsvpView(world.db, eventId, id))?.sync;
};

describe('an answer whose push is tried again', () => {
  it('says the last error and the next attempt, and says nothing once it is carried', async () => {
    await world.putRsvp('e1', 'a', 'going');
    expect(await syncOf('a')).toMatchObject({ state: 'pending_push', lastError: null });
    lumaIsAway(1);
    await runNext('rsvp.push');
    expect(await syncOf('a')).toMatchObject({ state: 'pending_push', lastError: AWAY });
    const [listed] = await listRsvps(world.db, eventId, { limit: 10 });
    expect(listed?.sync).toMatchObject({ lastError: AWAY });
    await world.drain();
    expect(await syncOf('a')).toMatchObject({ state: 'synced', lastError: null });
  });

  it('says so also while Luma’s work on it is looked for', async () => {
    await world.putRsvp('e1', 'a', 'going');
    await runNext('rsvp.push');
    // A planned wait is no error.
    expect(await syncOf('a')).toMatchObject({ state: 'unconfirmed', lastError: null });
    lumaIsAway(1);
    await runNext('rsvp.push');
    expect(await syncOf('a')).toMatchObject({ state: 'unconfirmed', lastError: AWAY });
  });

  it('says the newest error, not the one of a run that was put off earlier', async () => {
    await world.putRsvp('e1', 'a', 'going');
    const old = { code: 'luma.unreachable', message: 'old', at: new Date(), nextTryAt: new Date() };
    await world.db.rsvpLink.updateMany({ data: { lastError: JSON.parse(JSON.stringify(old)) as object } });
    expect(await syncOf('a')).toMatchObject({ lastError: { code: 'luma.unreachable' } });
    lumaIsAway(1);
    await runNext('rsvp.push');
    expect(await syncOf('a')).toMatchObject({ lastError: AWAY });
  });
});

describe('an event whose push is tried again', () => {
  it('says the newest error, not the one of a run that was put off earlier', async () => {
    await world.putEvent('e1', { title: 'Later' });
    const old = { code: 'luma.unreachable', message: 'old', at: new Date(), nextTryAt: new Date() };
    await world.db.eventLink.updateMany({ data: { lastError: JSON.parse(JSON.stringify(old)) as object } });
    lumaIsAway(1);
    await runNext('event.push');
    expect((await findEventView(world.db, eventId))?.sync).toMatchObject({ state: 'pending_push', lastError: AWAY });
  });
});
