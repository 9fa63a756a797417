import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isFlawless, type Verdict } from './invariants/check-invariants.js';
import { describeFailure, lastLine, noTotals } from './report.js';
import { runSeed } from './run-seed.js';
import { playBurst } from './scenarios/burst.js';
import { playDay } from './scenarios/day.js';
import { playOutage } from './scenarios/outage.js';

/** The same each time, so that a red test is a broken rule; the ten thousand of the nightly run meet what is rare. */
const SEEDS = 100;
/** Each plays a third of its guests and events oddly. */
const ODD_SEEDS = 40;
/** Each plays silent runs, or late reads. */
const FEW_SEEDS = 25;
/** A few new seeds each time, while there is time. A failure names its seed and the command that prints its trace. */
const RANDOM_SEEDS = 15;
const RANDOM_MS = 10_000;
/** Changes on each side of the busy day; the nightly one has 5,000. */
const DAY_CHANGES = 400;

/**
 * Each went wrong once: by too short a wait for such a request, by none after a look, by a mail about an answer that it
 * had taken away, by a second guest.
 */
const SILENT_SEEDS = [489, 458, 24_553, 303_845];
/** Each went wrong once: by a second event under another address, since the first could not be read yet. */
const LATE_SEEDS = [111, 129, 177, 224, 248];

const FLAWLESS: Verdict = {
  diverged: [],
  echoes: [],
  duplicates: [],
  unwantedMails: [],
  guessed: [],
  forgotten: [],
  undone: [],
  outsideDocument: [],
};

describe('both sides with heavy faults', () => {
  it('end equal after one reconcile, with no echo, no duplicate and no unwanted mail, seed by seed', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const result = await runSeed(seed);
      if (!isFlawless(result.verdict)) throw new Error(describeFailure(result).join('\n'));
    }
    // Ends what hangs: a machine that does three other things at once must not fail it.
  }, 300_000);

  it('end so when runs fall silent and what they sent comes in much later', async () => {
    for (const seed of [...SILENT_SEEDS, ...Array.from({ length: FEW_SEEDS }, (_, index) => index + 1)]) {
      const result = await runSeed(seed, { isSilent: true });
      if (!isFlawless(result.verdict)) throw new Error(describeFailure(result).join('\n'));
    }
  }, 300_000);

  it('end so for all others when Luma shows guests and events in ways that cannot be read, and lists those', async () => {
    for (let seed = 1; seed <= ODD_SEEDS; seed += 1) {
      const result = await runSeed(seed, { isOdd: true });
      if (!isFlawless(result.verdict)) throw new Error(describeFailure(result).join('\n'));
    }
  }, 300_000);

  it('end so when reads show what was before, or Luma rewrites links', async () => {
    for (const seed of [...LATE_SEEDS, ...Array.from({ length: FEW_SEEDS }, (_, index) => index + 1)]) {
      const result = await runSeed(seed, { isLate: true });
      if (!isFlawless(result.verdict)) throw new Error(describeFailure(result).join('\n'));
    }
  }, 300_000);

  it('end so for seeds nobody has seen before as well', async () => {
    const first = randomInt(1, 1_000_000_000);
    const endAt = performance.now() + RANDOM_MS;
    let seed = first;
    for (; seed < first + RANDOM_SEEDS && performance.now() < endAt; seed += 1) {
      const result = await runSeed(seed);
      if (!isFlawless(result.verdict)) throw new Error(describeFailure(result).join('\n'));
    }
    process.stdout.write(
      `random seeds ${first} to ${seed - 1}: npm run simulate -- --from ${first} --seeds ${seed - first}\n`,
    );
  });

  it('record the same trace for the same seed', async () => {
    const [one, other] = [await runSeed(7, { isTraced: true }), await runSeed(7, { isTraced: true })];
    expect(one.trace.length).toBeGreaterThan(10);
    expect(other.trace).toEqual(one.trace);
    expect(other.counts).toEqual(one.counts);
  });
});

describe('both sides without faults', () => {
  it('push nothing of their own coming back in a day of changes on both sides, webhooks late, again and reordered', async () => {
    const { verdict, changes } = await playDay(1, DAY_CHANGES);
    expect(changes).toEqual({ app: DAY_CHANGES, luma: DAY_CHANGES });
    expect(verdict).toEqual(FLAWLESS);
  });

  it('after three days without a word from Luma hold what a new installation would take', async () => {
    for (const seed of [1, 2, 3]) {
      const { verdict, after, fresh } = await playOutage(seed);
      expect(verdict).toEqual(FLAWLESS);
      expect(fresh.length).toBe(3);
      expect(after).toEqual(fresh);
    }
  });

  it.each([0, 300, 990])('carry a hundred edits within %i ms with two requests', async (withinMs) => {
    expect(await playBurst(1, withinMs)).toEqual({ requests: 2, isThere: true });
  });
});

describe('the last line', () => {
  it('says what was found', () => {
    expect(lastLine({ ...noTotals(), seeds: 3 })).toBe(
      'simulate: 3 seeds, 0 diverged, 0 echoes, 0 duplicates, 0 outside the document',
    );
  });
});
