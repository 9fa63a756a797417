import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LumaApi } from '@luma-sync/luma-client';
import type { Deps } from '../../test/sync-deps.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { TRIES_MAX } from './plan.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const guestAtLuma = async (person: string) =>
  (await world.atLuma(eventId))?.guests.find(({ email }) => email === `${person}@example.org`);

/** Lets something happen once, right after the first read of a guest. */
function onFirstRead(deps: Deps, happens: () => Promise<void>): Deps {
  let hasHappened = false;
  return {
    ...deps,
    luma: {
      open: async (calendarId) => {
        const account = await deps.luma.open(calendarId);
        const findGuest: LumaApi['findGuest'] = async (...args) => {
          const found = await account.api.findGuest(...args);
          if (!hasHappened) {
            hasHappened = true;
            await happens();
          }
          return found;
        };
        return { ...account, api: { ...account.api, findGuest } };
      },
    },
  };
}

describe('while answers of an event are pushed', () => {
  it('one that comes in is not sent over a refusal nobody looked for', async () => {
    world.sim.control.registerGuests(lumaEventId, {
      guests: [{ email: 'b@example.org' }],
      status: 'pending_approval',
      silent: true,
    });
    await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
    await world.drain();
    world.sim.control.changeGuest(lumaEventId, 'b@example.org', { status: 'declined', silent: true });
    await world.putRsvp('e1', 'a', 'going');
    await world.drain(onFirstRead(world.deps, () => world.putRsvp('e1', 'b', 'going')));
    expect(await guestAtLuma('a')).toMatchObject({ status: 'approved' });
    expect(await guestAtLuma('b')).toMatchObject({ status: 'declined' });
    expect(world.sim.control.log({ path: '/v1/events/guests/update-status' })).toEqual([]);
    const b = (await world.rsvps(eventId)).find(({ person }) => person.email === 'b@example.org');
    expect(b).toMatchObject({ status: 'rejected', link: { state: 'synced' } });
  });

  it('somebody who gets another address is not added under it before it was looked for: they may be refused there', async () => {
    world.sim.control.registerGuests(lumaEventId, {
      guests: [{ email: 'new@example.org' }],
      status: 'declined',
      silent: true,
    });
    await world.putRsvp('e1', 'a', 'going');
    const moves = async () => {
      await world.db.person.updateMany({ where: { email: 'a@example.org' }, data: { email: 'new@example.org' } });
    };
    await world.drain(onFirstRead(world.deps, moves));
    expect(await guestAtLuma('new')).toMatchObject({ status: 'declined' });
    expect(world.sim.control.log({ path: '/v1/events/guests/add' })).toEqual([]);
  });

  it('somebody who left and was looked for often enough is done with, without being asked for again', async () => {
    await world.putRsvp('e1', 'a', 'going');
    const [rsvp] = await world.rsvps(eventId);
    await world.putRsvp('e1', 'a', 'cancelled');
    // An add whose answer was lost: it may still show.
    await world.db.rsvpLink.update({
      where: { rsvpId: rsvp?.id ?? '' },
      data: { askedAt: new Date(), askedEmail: 'a@example.org', confirmTries: TRIES_MAX - 1 },
    });
    await world.drain();
    expect((await world.rsvps(eventId))[0]).toMatchObject({ status: 'cancelled', link: { state: 'synced' } });
    expect(await guestAtLuma('a')).toBeUndefined();
  });
});
