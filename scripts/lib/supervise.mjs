import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { say, UserError } from './steps.mjs';

/**
 * A program that ends sooner than this on its first start was never up: starting it again would only say the same
 * again.
 */
const upAfterMs = 10_000;
/** Pauses before a new start. The first is short, since work is waiting. */
const pausesMs = [500, 1_000, 2_000, 5_000, 10_000];
/** So many ends within so long, and it is given up: something is wrong that a new process does not mend. */
const endsMax = 5;
const withinMs = 10 * 60_000;

/**
 * Keeps a program running: starts it again when it was killed or ended by itself with an error, as Docker's
 * `unless-stopped` does, but not for ever. An end with code 0, and any end after the run was told to stop, is final.
 *
 * @param {import('./run.mjs').Run} run
 * @param {string} name
 * @param {() => Promise<number>} start Resolves to the exit code; 128 and the signal's number when it was killed.
 * @param {{ isService?: boolean, log?: string, now?: () => number, rest?: (ms: number) => Promise<unknown> }} [options]
 *   `isService`: it was up already, and any end before that of the run is unexpected, code 0 too. `log`: file that says
 *   why it ended. `now`, `rest`: for tests
 * @returns {Promise<number>} the last exit code
 */
export async function supervise(run, name, start, options = {}) {
  const { isService = false, log, now = Date.now, rest = (ms) => restUntilStopped(run, ms) } = options;
  const ends = [];
  for (;;) {
    const startedAt = now();
    const code = await start();
    if (run.isStopping || (code === 0 && !isService)) return code;
    const how = describeExit(code);
    const wasNeverUp = !isService && ends.length === 0 && code < 128 && now() - startedAt < upAfterMs;
    if (wasNeverUp) return code;
    while (ends.length > 0 && now() - ends[0] > withinMs) ends.shift();
    ends.push(now());
    if (ends.length >= endsMax) {
      const where = log === undefined ? '. Its last lines above say why' : '';
      throw new UserError(
        `${name} ended ${ends.length} times within ${withinMs / 60_000} minutes (last: ${how}); given up${where}`,
        { log },
      );
    }
    const pauseMs = pausesMs[Math.min(ends.length, pausesMs.length) - 1];
    say(`  ${name} ended (${how}); started again in ${pauseMs / 1_000} s`);
    await rest(pauseMs);
    if (run.isStopping) return code;
  }
}

/**
 * Supervises services that the run has started and that are up.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{ name: string, child: import('node:child_process').ChildProcess, restart: () =>
 *   import('node:child_process').ChildProcess, log: string }[]} services
 * @returns {Promise<never>} never resolves; rejects when one of them is given up
 */
export function superviseServices(run, services) {
  return Promise.race([new Promise(() => {}), ...services.map((service) => superviseService(run, service))]);
}

async function superviseService(run, { name, child, restart, log }) {
  let running = child;
  const start = async () => {
    running ??= restart();
    const code = await exitCodeOf(running);
    running = null;
    return code;
  };
  await supervise(run, name, start, { isService: true, log });
  return new Promise(() => {});
}

/** 128 and the signal's number when it was killed; 127 when it could not be started. */
function exitCodeOf(child) {
  const toCode = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0);
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(toCode(code, signal)));
    if (child.exitCode !== null || child.signalCode !== null) resolve(toCode(child.exitCode, child.signalCode));
  });
}

function restUntilStopped(run, ms) {
  return Promise.race([pause(ms, undefined, { ref: false }), run.stopped]);
}

function describeExit(code) {
  const signal = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  return signal === undefined ? `exit code ${code}` : signal;
}
