import { describe, expect, it } from '@jest/globals';
import { NO_FAULTS } from './fault-profile.js';
import { Play } from './play.js';
import { TwoSides } from './scenarios/two-sides.js';

/** How long Luma takes to show whom it accepted: within the half minute it is given. */
const ADD_DELAY_MS = 20_000;
/** The first add never arrives: its process dies at once. The run that finds it later meets no faults. */
const OUTAGE_MS = 1_000;

describe('somebody whose mail address changes while they are added', () => {
  it.each([
    ['once', ['b@example.org']],
    ['twice', ['b@example.org', 'c@example.org']],
  ])('is one guest, when it changes %s', async (_, addresses) => {
    const play = new Play({
      seed: 1,
      faults: NO_FAULTS,
      luma: { guests: { addDelayMinMs: ADD_DELAY_MS, addDelayMaxMs: ADD_DELAY_MS } },
    });
    const sides = new TwoSides(play, 1);
    // Two events, since a change of address that comes with an answer to the other one leaves the answer to the first
    // as it is.
    sides.app.createEvent();
    sides.app.createEvent();
    await play.settle();
    const answer = (key: string, email: string) =>
      play.app.putRsvp(key, 'p1', { name: 'P1', email }, key === 'app-1' ? 'going' : 'cancelled');
    /** Changes the address soon after Luma was asked for the one before. */
    const moveFrom = (email: string, [next, ...others]: readonly string[]): void => {
      if (next === undefined) return;
      const isAsked = [...play.tables.rsvpLinks.values()].some(({ askedEmail }) => askedEmail === email);
      if (isAsked) play.time.after(2_000, () => answer('app-2', next));
      play.time.after(3_000, () => (isAsked ? moveFrom(next, others) : moveFrom(email, [next, ...others])));
    };
    play.faults = { ...NO_FAULTS, addTrouble: 1 };
    answer('app-1', 'a@example.org');
    moveFrom('a@example.org', addresses);
    play.time.after(OUTAGE_MS, () => {
      play.faults = NO_FAULTS;
    });
    await play.settle();
    const guests = [...play.luma.world.events.values()].flatMap((event) => [...event.guests.values()]);
    expect(guests.map(({ email }) => email)).toEqual(['b@example.org']);
    const first = play.tables.rsvpsOf(play.app.findEvent('app-1')?.id ?? '');
    expect(first.map(({ id }) => play.tables.rsvpLinks.get(id)?.state)).toEqual(['synced']);
  });
});
