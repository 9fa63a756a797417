import { NO_FAULTS } from '../fault-profile.js';
import { checkInvariants, type Verdict } from '../invariants/check-invariants.js';
import { Play } from '../play.js';
import { reconcile } from '../reconcile.js';
import type { SaidBySides } from './said.js';
import { TwoSides } from './two-sides.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A change has about sixty: its webhooks come up to a hundred times each, and each is applied. */
const MOMENTS_PER_CHANGE_MAX = 400;
const TRIES_MAX = 50;

export interface DayResult {
  verdict: Verdict;
  /** Changes that each side made. */
  changes: { app: number; luma: number };
  requests: number;
  writes: number;
  deliveries: number;
}

/**
 * A day of changes on both sides. Webhooks come late, again and in another order; there are no other faults.
 * Whatever we send then was asked for by the app or is the answer to a host; nothing of it may be our own word coming
 * back.
 */
export async function playDay(seed: number, changesPerSide: number): Promise<DayResult> {
  const momentsMax = MOMENTS_PER_CHANGE_MAX * (changesPerSide + 100);
  const play = new Play({ seed, faults: { ...NO_FAULTS, lostWebhook: 1e-9 }, momentsMax });
  const sides = new TwoSides(play, 8);
  const { random, time } = play;
  for (let index = 0; index < 8; index += 1) {
    time.after(index * 100, () => sides.app.createEvent());
    time.after(index * 100 + 50, () => sides.luma.createEvent());
  }
  const ours = [() => sides.app.edit(), () => sides.app.edit(), () => sides.app.answer()];
  const theirs = [
    () => sides.luma.edit(),
    () => sides.luma.edit(),
    () => sides.luma.register(),
    () => sides.luma.decide(),
  ];
  /** Somebody may say what is so already, or answer where nobody is asked: then somebody else does something. */
  const change = (side: keyof SaidBySides['changes'], acts: readonly (() => void)[]) => () => {
    const before = sides.said.changes[side];
    for (let tries = 0; tries < TRIES_MAX && sides.said.changes[side] === before; tries += 1) random.pick(acts)();
  };
  for (let index = 0; index < changesPerSide; index += 1) {
    time.after(random.whole(5_000, DAY_MS), change('app', ours));
    time.after(random.whole(5_000, DAY_MS), change('luma', theirs));
  }
  await play.settle();
  await reconcile(play);
  return {
    verdict: checkInvariants(play, sides.said),
    changes: { ...sides.said.changes },
    requests: play.witness.counts.requests,
    writes: play.witness.counts.writes,
    deliveries: play.webhooks.counts.copies,
  };
}
