import { judge, type Verdict } from '../judge/judge.js';
import { Play } from '../play.js';
import { reconcile } from '../reconcile.js';
import { CALM } from '../weather.js';
import { TwoSides } from './two-sides.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface DayResult {
  verdict: Verdict;
  appChanges: number;
  lumaChanges: number;
  requests: number;
  story: readonly string[];
}

/**
 * A day of two busy sides in calm weather: webhooks come late, again and in another order, and nothing else goes wrong. Whatever we send then was
 * asked for by the app or is the answer to a host; nothing of it may be our own word coming back.
 */
export async function playDay(seed: number, changesPerSide: number): Promise<DayResult> {
  const play = new Play({ seed, weather: { ...CALM, lostWebhook: 1e-9 } });
  const sides = new TwoSides(play, 8);
  const { dice, time } = play;
  for (let index = 0; index < 8; index += 1) {
    time.after(index * 100, () => sides.createAppEvent());
    time.after(index * 100 + 50, () => sides.createAtLuma());
  }
  const ours = [() => sides.editInApp(), () => sides.editInApp(), () => sides.answerInApp()];
  const theirs = [
    () => sides.editAtLuma(),
    () => sides.editAtLuma(),
    () => sides.registerAtLuma(),
    () => sides.decideAtLuma(),
  ];
  for (let index = 0; index < changesPerSide; index += 1) {
    time.after(dice.whole(5_000, DAY_MS), dice.pick(ours));
    time.after(dice.whole(5_000, DAY_MS), dice.pick(theirs));
  }
  await play.settle();
  await reconcile(play);
  return {
    verdict: judge(play, sides),
    appChanges: changesPerSide,
    lumaChanges: changesPerSide,
    requests: play.witness.counts.requests,
    story: play.story.lines,
  };
}
