import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import { openWorld, toEvent, toRsvp, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.luma.close());

const guests = () => world.luma.control.state().events.flatMap((event) => event.guests);

describe('accidents while both sides are at work', () => {
  it('the process is killed again and again: nothing lost, nothing twice', async () => {
    for (let event = 0; event < 3; event += 1) {
      await world.call('PUT', `/v1/events/talk-${event}`, toEvent(`Talk ${event}`, event + 2));
      for (let person = 0; person < 8; person += 1) {
        await world.call(
          'PUT',
          `/v1/events/talk-${event}/rsvps/p${event}-${person}`,
          toRsvp(`Person-${event}-${person}`),
        );
      }
      const before = world.luma.control.counters().requests;
      await waitFor(() => world.luma.control.counters().requests > before, {
        what: 'work to be in flight',
        limitMs: 120_000,
      });
      await world.restart('SIGKILL');
    }
    await world.calm();
    expect(world.luma.control.counters()).toMatchObject({
      eventsCreated: 3,
      breaches: 0,
      outsideDocument: 0,
      refusedWithoutSlot: 0,
      refusedWithUsedSlot: 0,
      duplicates: { events: [], guests: [] },
    });
    expect(guests()).toHaveLength(24);
    for (let event = 0; event < 3; event += 1) {
      const rsvps = await world.rsvps(`talk-${event}`);
      expect(rsvps.map((rsvp) => rsvp.sync.state)).toEqual(Array.from({ length: 8 }, () => 'synced'));
    }
  });

  it('answers are lost after the write: looked up, not repeated', async () => {
    world.luma.control.layFault({ kind: 'lost-answer', count: 1, path: '/v1/events/create' });
    await world.call('PUT', '/v1/events/lost', toEvent('Lost answer', 9));
    await world.calm();
    expect(world.luma.control.state().events.filter((event) => event.name === 'Lost answer')).toHaveLength(1);
    expect((await world.event('lost')).sync.state).toBe('synced');
  });

  it('a deploy ends in order, and work goes on in the next process', async () => {
    for (let person = 0; person < 10; person += 1)
      await world.call('PUT', `/v1/events/lost/rsvps/deploy-${person}`, toRsvp(`Deploy-${person}`));
    const { code } = await world.restart('SIGTERM');
    expect(code).toBe(0);
    await world.calm();
    expect(guests().filter((guest) => guest.email.startsWith('deploy-'))).toHaveLength(10);
    expect(world.luma.control.counters().mailsLumaWouldHaveSent.byApi).toEqual({});
  });
});
