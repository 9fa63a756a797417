import { setTimeout as pause } from 'node:timers/promises';
import { OURS } from './contenders/index.js';
import type { Scenario } from './scenario.js';
import { withRun } from './with-run.js';
import type { WorkerReport } from './worker-protocol.js';

const RETRY_AFTER_S = 1;
/** The lock-out, the time waiters add to it at random, and long enough after it that everyone sends again. */
const ROUND_MS = 3_500;

/** How soon a 429 that one process hears of stops all of them. */
export interface Refusals {
  /** 429s, far enough apart to be told from each other. */
  rounds: number;
  /**
   * Of each process and round, sorted: from the first arrival of the 429 until its last sending, 0 when it sent nothing
   * more.
   */
  stillSentMs: number[];
  /** Between two sendings, over all processes, on average: what the figure can resolve. */
  spacingMs: number;
}

export function runRefusals(
  scenario: Scenario,
  rounds: number,
  { redisUrl, signal }: { redisUrl: string; signal: AbortSignal },
): Promise<Refusals> {
  return withRun(OURS, scenario, { redisUrl, signal }, async ({ simulator, workers }) => {
    workers.start();
    for (let round = 0; round < rounds; round += 1) {
      await pause(ROUND_MS, undefined, { signal });
      await simulator.refuseNext(RETRY_AFTER_S);
    }
    await pause(RETRY_AFTER_S * 1_000, undefined, { signal });
    return toRefusals(await workers.stop());
  });
}

function toRefusals(reports: readonly WorkerReport[]): Refusals {
  // Requests in flight at the first 429 are not refused by this fault: each refusal is a round.
  const firsts = reports.flatMap(({ refusedAtMs }) => refusedAtMs).sort((a, b) => a - b);
  // No one is let through before half of the lock-out is over, so what is sent until then had its slot before.
  const isOfRound = (first: number) => (at: number) => at > first && at < first + (RETRY_AFTER_S * 1_000) / 2;
  const stillSentMs = firsts.flatMap((first) =>
    reports.map(({ sentAtMs }) => Math.max(0, (sentAtMs.findLast(isOfRound(first)) ?? first) - first)),
  );
  const before = (first: number) => (at: number) => at > first - 500 && at <= first;
  const sendings = firsts.reduce(
    (sum, first) => sum + reports.reduce((total, { sentAtMs }) => total + sentAtMs.filter(before(first)).length, 0),
    0,
  );
  return {
    rounds: firsts.length,
    stillSentMs: stillSentMs.sort((a, b) => a - b),
    spacingMs: (firsts.length * 500) / Math.max(1, sendings),
  };
}
