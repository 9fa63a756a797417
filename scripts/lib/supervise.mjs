import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { say, UserError } from './steps.mjs';

/** A program that ends sooner than this on its first start was never up: starting it again would only say the same again. */
const upAfterMs = 10_000;
/** Pauses before a new start. The first is short, since work is waiting. */
const pausesMs = [500, 1_000, 2_000, 5_000, 10_000];
/** So many ends within so long, and it is given up: something is wrong that a new process does not mend. */
const endsMax = 5;
const withinMs = 10 * 60_000;

/**
 * Keeps a program running: starts it again when it was killed or ended by itself with an error, as Docker's `unless-stopped` does, but not for
 * ever. An end with code 0, and any end after the run was told to stop, is final.
 *
 * @param {import('./run.mjs').Run} run
 * @param {string} name
 * @param {() => Promise<number>} start Resolves to the exit code; 128 and the signal's number when it was killed.
 * @param {{ now?: () => number, rest?: (ms: number) => Promise<unknown> }} [clock] for tests
 * @returns {Promise<number>} the last exit code
 */
export async function supervise(run, name, start, { now = Date.now, rest = (ms) => restUntilStopped(run, ms) } = {}) {
  const ends = [];
  for (;;) {
    const startedAt = now();
    const code = await start();
    if (code === 0 || run.isStopping) return code;
    const how = toWords(code);
    if (ends.length === 0 && code < 128 && now() - startedAt < upAfterMs) return code;
    while (ends.length > 0 && now() - ends[0] > withinMs) ends.shift();
    ends.push(now());
    if (ends.length >= endsMax) {
      throw new UserError(
        `${name} ended ${ends.length} times within ${withinMs / 60_000} minutes (last: ${how}); given up. Its last lines above say why`,
      );
    }
    const pauseMs = pausesMs[Math.min(ends.length, pausesMs.length) - 1];
    say(`  ${name} ended (${how}); started again in ${pauseMs / 1_000} s`);
    await rest(pauseMs);
    if (run.isStopping) return code;
  }
}

function restUntilStopped(run, ms) {
  return Promise.race([pause(ms), run.stopped]);
}

function toWords(code) {
  const signal = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  return signal === undefined ? `exit code ${code}` : signal;
}
