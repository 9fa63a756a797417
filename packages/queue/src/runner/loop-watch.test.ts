import { expect, it } from '@jest/globals';
import { LoopWatch } from './loop-watch.js';

const LIMIT_MS = 60;

it('computing for longer than the limit blocks the loop, however little of the processor the process gets', () => {
  const watch = new LoopWatch(LIMIT_MS);
  expect(watch.wasBlocked).toBe(false);
  const begun = process.cpuUsage();
  while (process.cpuUsage(begun).user < 2 * LIMIT_MS * 1_000);
  expect(watch.wasBlocked).toBe(true);
  watch.beat();
  expect(watch.wasBlocked).toBe(true);
});

it('standing still without computing does not', () => {
  const watch = new LoopWatch(LIMIT_MS);
  // Sleeps as a frozen or starved process does.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * LIMIT_MS);
  expect(watch.wasBlocked).toBe(false);
});
