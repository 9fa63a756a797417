import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import { openWorld, toEvent, toRsvp, WIDE_HEADROOM, type World } from './world.js';

let world: World;

/**
 * One for each test: a limiter whose Redis forgets a second time within a minute and a half sends nothing until then.
 */
beforeEach(async () => {
  world = await openWorld({ env: WIDE_HEADROOM });
  await world.call('PUT', '/v1/events/talk', toEvent('Talk', 9));
  await world.calm();
});
afterEach(() => world.close());

const guests = () => world.luma.control.state().events.flatMap((event) => event.guests);

describe('Redis in trouble while both sides are at work', () => {
  it('is away while webhooks and commands come: all are taken, and done when it is back', async () => {
    await world.redis.stop();
    try {
      const [lumaEvent] = world.luma.control.state().events;
      world.luma.control.registerGuests(lumaEvent?.id ?? '', { count: 5, emailPrefix: 'offline' });
      const put = await world.call('PUT', '/v1/events/talk/rsvps/carl', toRsvp('Carl'));
      expect(put.status).toBe(202);
      await waitFor(() => world.luma.control.counters().webhooks.pending === 0, {
        what: 'the webhooks to be taken',
        limitMs: 120_000,
      });
      expect(world.luma.control.counters().webhooks.failed).toBe(0);
    } finally {
      await world.redis.start();
    }
    await world.calm();
    const emails = (await world.rsvps('talk')).map((rsvp) => rsvp.email);
    expect(emails.filter((email) => email.startsWith('offline-'))).toHaveLength(5);
    expect(guests().map((guest) => guest.email)).toContain('carl@example.org');
  });

  it('is emptied with work in it: every operation is dispatched again', async () => {
    for (let person = 0; person < 10; person += 1)
      await world.call('PUT', `/v1/events/talk/rsvps/late-${person}`, toRsvp(`Late-${person}`));
    await world.redis.flush();
    await world.calm();
    expect(guests().filter((guest) => guest.email.startsWith('late-'))).toHaveLength(10);
    expect(world.luma.control.counters().duplicates).toEqual({ events: [], guests: [] });
  });
});
