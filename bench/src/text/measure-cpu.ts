import type { Run } from './load-function.js';

/** A measurement repeats its call until this much was used: the clock of the processor is coarse. */
const LEAST_MS = 1;
const REPEATS_MAX = 2_000;
/** A call that takes this long is measured well enough by fewer rounds. */
const LONG_MS = 40;
const ROUNDS_OF_LONG = 3;

/**
 * @param rounds The least of so many counts: other processes and the collector of garbage only ever add.
 * @returns Milliseconds of processor time that one call takes.
 */
export async function measureCpuMs(run: Run, text: string, rounds: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    let calls = 0;
    const before = process.cpuUsage();
    let usedMs = 0;
    do {
      await run(text);
      calls += 1;
      const { user, system } = process.cpuUsage(before);
      usedMs = (user + system) / 1_000;
    } while (usedMs < LEAST_MS && calls < REPEATS_MAX);
    least = Math.min(least, usedMs / calls);
    if (least > LONG_MS && round >= ROUNDS_OF_LONG - 1) break;
  }
  return least;
}
