import { NO_FAULTS } from '../fault-profile.js';
import { Play } from '../play.js';
import { TwoSides } from './two-sides.js';

const EDITS = 100;

export interface BurstResult {
  /** Requests that the hundred edits cost, the create not counted. */
  requests: number;
  /** Whether Luma shows the last of them. */
  isThere: boolean;
}

/**
 * A hundred edits of one event in one second, a moment after it was created.
 *
 * @param withinMs The time they come in.
 */
export async function playBurst(seed: number, withinMs: number): Promise<BurstResult> {
  const play = new Play({ seed, faults: NO_FAULTS });
  const sides = new TwoSides(play, 1);
  sides.app.createEvent();
  await play.settle();
  const before = play.witness.counts.requests;
  for (let edit = 1; edit <= EDITS; edit += 1)
    play.time.after(1_000 + Math.floor((edit * withinMs) / EDITS), () => sides.app.retitle(`Edit ${edit}`));
  await play.settle();
  const [event] = play.luma.world.events.values();
  return { requests: play.witness.counts.requests - before, isThere: event?.name === `Edit ${EDITS}` };
}
