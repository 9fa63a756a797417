import Table from 'cli-table3';
import { OURS } from './contenders/index.js';
import type { Refusals } from './refusals.js';
import type { Measured } from './run-contender.js';
import type { Scenario } from './scenario.js';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** In seconds at a window of 60 s: what was measured, times the speed of the run. Null without any. */
function waitSeconds({ waitsMs, scenario }: Measured, share: number): number | null {
  const waitMs = waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * share))];
  return waitMs === undefined ? null : (waitMs * scenario.speed) / 1_000;
}

const toSeconds = (value: number | null) => (value === null ? '-' : value.toFixed(2));

export function describeScenario({
  name,
  windowMs,
  limit,
  cap,
  speed,
  roundTripMs,
  measuredWindows,
}: Scenario): string {
  const pace = speed === 1 ? 'at full length' : `everything ${speed} times faster`;
  return (
    `${name} per 60 s: limit ${limit} in ${windowMs / 1_000} s (${pace}), cap ${cap} for all, round trips ` +
    `${roundTripMs.min}-${roundTripMs.max} ms, ${measuredWindows} windows after the first`
  );
}

export function toTable(results: readonly Measured[]): string {
  const table = new Table({
    style: { head: [], border: [] },
    head: [
      'round trips',
      'limiter',
      'most in a window',
      'over',
      'lock-outs',
      'use',
      'bound',
      'p50 s',
      'p95 s',
      'p99 s',
    ],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const result of results) {
    table.push([
      result.scenario.name,
      result.contender,
      `${result.maxInAnyWindow} of ${result.scenario.limit}`,
      result.breaches,
      result.lockouts,
      percent(result.use),
      result.contender === OURS ? percent(result.bound) : '',
      ...[0.5, 0.95, 0.99].map((share) => toSeconds(waitSeconds(result, share))),
    ]);
  }
  return table.toString();
}

/** One line as soon as a run is over. */
export function toProgress({ contender, use, breaches, unanswered, failed }: Measured): string {
  const accidents =
    unanswered + failed === 0 ? '' : `, ${unanswered} unanswered, ${failed} times no answer from the limiter`;
  return `${contender}: over ${breaches}, use ${percent(use)}${accidents}`;
}

const worst = (values: readonly number[], share: number) => values[Math.ceil(values.length * share) - 1] ?? 0;

export function toRefusalsLine({ rounds, stillSentMs, spacingMs }: Refusals): string {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => `${worst(stillSentMs, share).toFixed(1)} ms`);
  return (
    `429: effective in all processes within ${max} (p50 ${p50}, p99 ${p99}; ${rounds} refusals, 4 processes, ` +
    `a request every ${spacingMs.toFixed(1)} ms before).`
  );
}

/** For machines: waits as percentiles in seconds at a window of 60 s. */
export function toJson(results: readonly Measured[], refusals: Refusals): string {
  return JSON.stringify({
    refusals,
    results: results.map(({ waitsMs, ...result }) => ({
      ...result,
      interactive: {
        count: waitsMs.length,
        p50Seconds: waitSeconds({ waitsMs, ...result }, 0.5),
        p95Seconds: waitSeconds({ waitsMs, ...result }, 0.95),
        p99Seconds: waitSeconds({ waitsMs, ...result }, 0.99),
      },
    })),
  });
}

/** The one line to compare by. */
export function toLastLine(result: Measured): string {
  const p95 = waitSeconds(result, 0.95);
  return (
    `budget: over ${result.breaches}, use ${percent(result.use)}, interactive p95 ` +
    `${p95 === null ? '-' : p95.toFixed(1)} s`
  );
}
