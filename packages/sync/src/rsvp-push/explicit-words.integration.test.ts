import { beforeEach, describe, expect, it } from '@jest/globals';
import { decideRsvp, type PutRsvpResult, putRsvp } from '@luma-sync/application';
import { findPersonByKey, findRsvpView, retryingTransaction } from '@luma-sync/store';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

type Status = 'going' | 'pending' | 'waitlist' | 'interested' | 'cancelled' | 'rejected';
let world: SyncWorld;
let lumaEventId: string;
let eventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const say = (status: Status, name = 'Ana'): Promise<PutRsvpResult> =>
  retryingTransaction(world.db, (tx) =>
    putRsvp(
      tx,
      { eventKey: 'e1', personKey: 'ana' },
      { name, email: 'ana@example.org', emailVerified: true, status },
      'app',
    ),
  );
const decide = (status: Status) =>
  retryingTransaction(world.db, (tx) => decideRsvp(tx, { eventKey: 'e1', personKey: 'ana' }, status, 'host'));
const declineAtLuma = (silent = false) =>
  world.sim.control.changeGuest(lumaEventId, 'ana@example.org', { status: 'declined', silent });
const atLuma = () => world.sim.control.state().events.find(({ id }) => id === lumaEventId)?.guests ?? [];
const view = async () => {
  const person = await findPersonByKey(world.db, 'ana');
  return person === null ? null : findRsvpView(world.db, eventId, person.id);
};
const declinedAndKnown = async () => {
  await say('going');
  await world.drain();
  await world.deliver(await announcedBy(world, () => declineAtLuma()));
  await world.drain();
  expect(await view()).toMatchObject({ rsvp: { status: 'rejected' } });
};

describe('a guest who was declined at Luma', () => {
  it('has a place again when a host decides so, at Luma as well', async () => {
    await declinedAndKnown();
    expect(await decide('going')).toMatchObject({ kind: 'stored' });
    await world.drain();
    expect(await view()).toMatchObject({ rsvp: { status: 'going' }, sync: { state: 'synced', lastError: null } });
    expect(atLuma()).toMatchObject([{ status: 'approved' }]);
  });

  it('stays declined when they decline once more after that', async () => {
    await declinedAndKnown();
    await decide('going');
    await world.drain();
    await world.deliver(await announcedBy(world, () => declineAtLuma()));
    await world.drain();
    expect(await view()).toMatchObject({ rsvp: { status: 'rejected' } });
    expect(atLuma()).toMatchObject([{ status: 'declined' }]);
  });

  it.each(['going', 'pending', 'waitlist'] as const)(
    'is refused a new answer of their own, with the reason, and nothing of it is kept: %s',
    async (status) => {
      await declinedAndKnown();
      await say('cancelled');
      await world.drain();
      const before = await view();
      expect(await say(status, 'Another name')).toEqual({ kind: 'declined-at-luma' });
      expect(await view()).toEqual(before);
      expect(await world.drain()).toEqual([]);
    },
  );

  it('may leave, be interested, and repeat what they said', async () => {
    await declinedAndKnown();
    for (const status of ['going', 'interested', 'cancelled'] as const)
      expect(await say(status)).toMatchObject({ kind: 'stored' });
    await world.drain();
    expect(atLuma()).toMatchObject([{ status: 'declined' }]);
  });

  it('whose refusal is not known yet: the answer gives way, and says why', async () => {
    await say('going');
    await world.drain();
    declineAtLuma(true);
    await say('waitlist');
    await world.drain();
    expect(await view()).toMatchObject({
      rsvp: { status: 'rejected' },
      sync: { state: 'synced', lastError: { code: 'rsvp.declined_at_luma' } },
    });
    expect(atLuma()).toMatchObject([{ status: 'declined' }]);
    // The host has it before them now.
    await decide('waitlist');
    await world.drain();
    expect(await view()).toMatchObject({ rsvp: { status: 'waitlist' }, sync: { state: 'synced', lastError: null } });
    expect(atLuma()).toMatchObject([{ status: 'waitlist' }]);
  });
});

describe('an answer that Luma has no word for', () => {
  it('is said not to be carried, with what Luma shows', async () => {
    await say('going');
    await world.drain();
    const result = await say('interested');
    const sync = { state: 'not_carried', lastError: { code: 'rsvp.not_carried' } };
    expect(result).toMatchObject({ kind: 'stored', operation: null, view: { sync } });
    await world.drain();
    expect(await view()).toMatchObject({ rsvp: { status: 'interested' }, sync });
    expect((await view())?.sync.lastError?.message).toContain('approved');
    await say('going');
    await world.drain();
    expect(await view()).toMatchObject({ sync: { state: 'synced', lastError: null } });
  });

  it('is no matter of Luma’s where Luma has no such guest', async () => {
    await say('interested');
    expect(await view()).toMatchObject({ sync: { state: null, lastError: null } });
  });
});
