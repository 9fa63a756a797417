import { watchNpm } from './npm-parent.mjs';
import { Run, stopLeftovers } from './run.mjs';
import { reportFailure, say, step } from './steps.mjs';

/** npm passes a Ctrl-C on that the terminal has already delivered: two signals this close are one. */
const sameSignalMs = 700;
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a command and stops everything it started when it ends: done, failed or told to stop by a signal.
 *
 * @param {string} name
 * @param {(run: Run) => Promise<number>} work Resolves to the exit code. When `run.stopped` resolves, it has
 *   `stopLimitMs` to return.
 */
export async function withRun(name, work, { stopLimitMs = 30_000, isLastWordTheirs = false } = {}) {
  const leftovers = await stopLeftovers();
  if (leftovers.length > 0) say(`  Stopped what an earlier run left behind: ${leftovers.join(', ')}`);
  const signals = watchSignals();
  const run = new Run(name, signals.first);
  // Waiting for a signal alone does not keep Node running.
  const awake = setInterval(() => {}, 60_000);
  try {
    const working = work(run);
    working.catch(() => {});
    const late = signals.first.then((signal) => afterAtMost(stopLimitMs, signals.second).then(() => exitCodes[signal]));
    const code = await Promise.race([working, late]);
    const signal = signals.received();
    return signal === null ? code : exitCodes[signal];
  } catch (error) {
    const signal = signals.received();
    if (signal === null) reportFailure(error);
    return signal === null ? 1 : exitCodes[signal];
  } finally {
    if (isLastWordTheirs) await run.end();
    else await step('Stopped what was started', () => run.end());
    if (signals.received() !== null) say('  Stopped.');
    signals.stopWatching();
    clearInterval(awake);
  }
}

function watchSignals() {
  let first;
  let second;
  let received = null;
  let receivedAt = 0;
  const promises = {
    first: new Promise((resolve) => (first = resolve)),
    second: new Promise((resolve) => (second = resolve)),
  };
  const onSignal = (signal) => {
    if (received === null) {
      received = signal;
      receivedAt = Date.now();
      say(`\n  ${signal}: stopping`);
      first(signal);
    } else if (Date.now() - receivedAt > sameSignalMs) {
      second(signal);
    }
  };
  for (const name of Object.keys(exitCodes)) process.on(name, onSignal);
  const stopWatchingNpm = watchNpm(() => {
    stopWatchingNpm();
    onSignal('SIGTERM');
  });
  return {
    ...promises,
    received: () => received,
    stopWatching() {
      stopWatchingNpm();
      for (const name of Object.keys(exitCodes)) process.off(name, onSignal);
    },
  };
}

function afterAtMost(ms, earlier) {
  // unref: work that ends in time is not held up by its limit.
  const limit = new Promise((resolve) => setTimeout(resolve, ms).unref());
  return Promise.race([limit, earlier]);
}
