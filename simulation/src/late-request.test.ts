import { describe, expect, it } from '@jest/globals';
import { Play } from './play.js';
import { TwoSides } from './scenarios/two-sides.js';
import { CALM } from './weather.js';

/** After the edit: it leaves after a second, its answer is lost within the next, and its repeat is over two seconds later. */
const HOST_AT_MS = 6_000;
/** Ten seconds after it was given up on the first request counts as lost for good. */
const LATE_AT_MS = 9_000;
const LOOK_MS = 100;

describe('a request that got no answer and was repeated', () => {
  it.each([
    ['comes in last: what a host said between the two is put back, and nobody is mailed', true, 2, 1],
    ['never comes in: what a host said since stays', false, 1, 0],
  ])('%s', async (_, isLate, updates, mailless) => {
    const play = new Play({ seed: 1, weather: CALM, mailOnUpdate: true });
    const sides = new TwoSides(play, 1);
    sides.createAppEvent();
    await play.settle();
    const [theirs] = play.luma.world.events.values();
    const row = play.app.findEvent('app-1');
    if (theirs === undefined || row === undefined) throw new Error('nothing was created');
    const host = (name: string) => play.luma.control.changeEvent(theirs.id, { name });
    const look = () =>
      play.operations.enqueue('event.pull', { eventId: row.id }, { trigger: 'scheduled', actor: 'schedule' });

    play.webhooks.isCut = true;
    play.weather = { ...CALM, failsBefore: 1 };
    sides.retitleInApp('Ours');
    play.time.after(2_500, () => {
      play.weather = CALM;
    });
    play.time.after(HOST_AT_MS, () => host('Theirs'));
    play.time.after(HOST_AT_MS + LOOK_MS, look);
    if (isLate) play.time.after(LATE_AT_MS, () => host('Ours'));
    play.time.after(LATE_AT_MS + LOOK_MS, look);
    await play.settle();

    expect([theirs.name, row.title]).toEqual(['Theirs', 'Theirs']);
    const accepted = play.sendings.list.filter(({ kind, acceptedAt }) => kind === 'update' && acceptedAt !== null);
    expect(accepted).toHaveLength(updates);
    expect(accepted.slice(1).filter(({ mayMail }) => !mayMail)).toHaveLength(mailless);
  });
});
