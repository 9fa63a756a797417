import { Run, stopLeftovers } from './run.mjs';
import { reportFailure, say, step } from './steps.mjs';

/** npm passes a Ctrl-C on that the terminal has already delivered: two signals this close are one. */
const sameSignalMs = 700;
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a command and stops everything it started when it ends: done, failed or told to stop by a signal.
 *
 * @param {string} name
 * @param {(run: Run, stopped: Promise<string>) => Promise<number>} work gets a promise of the signal that ends it; when
 *   it arrives, the work has `stopLimitMs` to return. Resolves to the exit code.
 */
export async function withRun(name, work, { stopLimitMs = 30_000 } = {}) {
  const leftovers = await stopLeftovers();
  if (leftovers.length > 0) say(`  Stopped what an earlier run left behind: ${leftovers.join(', ')}`);
  const run = new Run(name);
  const signals = watchSignals();
  // Waiting for a signal alone does not keep Node running.
  const awake = setInterval(() => {}, 60_000);
  try {
    const working = work(run, signals.first);
    working.catch(() => {});
    const late = signals.first.then((signal) => afterAtMost(stopLimitMs, signals.second).then(() => exitCodes[signal]));
    const code = await Promise.race([working, late]);
    const signal = signals.received();
    return signal === null ? code : exitCodes[signal];
  } catch (error) {
    reportFailure(error);
    return signals.received() === null ? 1 : exitCodes[signals.received()];
  } finally {
    await step('Stopped what was started', () => run.end());
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
  return {
    ...promises,
    received: () => received,
    stopWatching() {
      for (const name of Object.keys(exitCodes)) process.off(name, onSignal);
    },
  };
}

function afterAtMost(ms, earlier) {
  let timer;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([limit, earlier]).finally(() => clearTimeout(timer));
}
