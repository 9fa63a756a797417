import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from './scenario.js';
import type { Simulator } from './simulator.js';
import { withRun } from './with-run.js';

export interface Measured {
  contender: string;
  scenario: Scenario;
  /** Requests let through in the measured windows. */
  allowed: number;
  /** How many windows those were: a little off the plan, as a timer is. */
  windows: number;
  /** `allowed` as a share of what the cap would have let through. */
  use: number;
  /** The most that a slot held until its answer allows: window / (window + mean round trip). */
  bound: number;
  meanRoundTripMs: number;
  /** Over the whole run, the first window included. */
  maxInAnyWindow: number;
  breaches: number;
  lockouts: number;
  refused: number;
  unanswered: number;
  failed: number;
  /** Of people's requests, sorted, as they were in this run. */
  waitsMs: number[];
}

/** One contender through one scenario. */
export function runContender(
  contender: string,
  scenario: Scenario,
  { redisUrl, signal }: { redisUrl: string; signal: AbortSignal },
): Promise<Measured> {
  return withRun(contender, scenario, { redisUrl, signal }, async ({ simulator, workers }) => {
    workers.start();
    const { allowed, windows } = await measure(simulator, scenario, signal);
    const reports = await workers.stop();
    const sum = (of: (report: (typeof reports)[number]) => number) =>
      reports.reduce((total, report) => total + of(report), 0);
    // After the last answer, so that nothing in flight is missed.
    const { maxInAnyWindow, breaches, lockouts } = await simulator.count();
    const meanRoundTripMs =
      sum((report) => report.roundTripsMs) /
      Math.max(
        1,
        sum((report) => report.answered),
      );
    return {
      contender,
      scenario,
      allowed,
      windows,
      use: allowed / (scenario.cap * windows),
      bound: scenario.windowMs / (scenario.windowMs + meanRoundTripMs),
      meanRoundTripMs,
      maxInAnyWindow,
      breaches,
      lockouts,
      refused: sum((report) => report.refusedAtMs.length),
      unanswered: sum((report) => report.unanswered),
      failed: sum((report) => report.failed),
      waitsMs: reports.flatMap((report) => report.waitsMs).sort((a, b) => a - b),
    };
  });
}

/** Leaves out the first window: it starts from an empty budget, which flatters some and not others. */
async function measure(simulator: Simulator, scenario: Scenario, signal: AbortSignal) {
  await pause(scenario.windowMs, undefined, { signal });
  const before = { ...(await simulator.count()), at: performance.now() };
  await pause(scenario.windowMs * scenario.measuredWindows, undefined, { signal });
  const after = { ...(await simulator.count()), at: performance.now() };
  return { allowed: after.allowed - before.allowed, windows: (after.at - before.at) / scenario.windowMs };
}
