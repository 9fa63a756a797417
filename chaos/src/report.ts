import Table from 'cli-table3';
import type { Verdict } from './judge/verdict.js';
import { type Options, replayCommand } from './options.js';
import { percentile, type Recovery } from './play/recovery.js';
import type { SeedResult } from './run-seed.js';
import { BUDGET } from './world/open-world.js';

const LINES_MAX = 40;

export interface Totals {
  seeds: number;
  kills: number;
  lost: number;
  duplicated: number;
  unwantedMails: number;
  overBudget: number;
  recoveryP50Ms: number | null;
  recoveryP99Ms: number | null;
}

export function toTotals(results: readonly SeedResult[]): Totals {
  const sum = (count: (result: SeedResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const took = results.flatMap(({ recoveries }) => recoveries.map(({ tookMs }) => tookMs));
  return {
    seeds: results.length,
    kills: sum(({ strikes }) => strikes.kills),
    lost: sum(({ verdict }) => verdict.lost.length),
    duplicated: sum(({ verdict }) => verdict.duplicated.length),
    unwantedMails: sum(({ verdict }) => verdict.unwantedMails.length),
    overBudget: sum(({ verdict }) => verdict.overBudget.length),
    recoveryP50Ms: percentile(took, 0.5),
    recoveryP99Ms: percentile(took, 0.99),
  };
}

export const isClean = ({ verdict }: SeedResult): boolean =>
  Object.values(verdict).every((lines) => lines.length === 0);

export function toLastLine(totals: Totals): string {
  const { seeds, kills, lost, duplicated, unwantedMails, overBudget, recoveryP99Ms } = totals;
  return `chaos: ${seeds} seeds, ${kills} kills, ${lost} lost, ${duplicated} duplicated, ${unwantedMails} unwanted mails, ${overBudget} over budget, recovery p99 ${seconds(recoveryP99Ms)} s`;
}

/** The table of one seed, and below it what went wrong. */
export function toReport(result: SeedResult, options: Options): string {
  const { seed, verdict, strikes, book, recoveries } = result;
  const took = recoveries.map(({ tookMs }) => tookMs);
  const table = new Table({
    style: { head: [], border: [] },
    head: [`seed ${seed}`, ''],
    colWidths: [26, 92],
    wordWrap: true,
  });
  table.push(
    [
      'kills (SIGKILL)',
      `${strikes.kills}, of them ${strikes.killsOfBusy} with work in hand: ${took.length} operations interrupted`,
    ],
    ['faults', [...strikes.byKind].map(([kind, count]) => `${kind} ${count}`).join(', ')],
    [
      'recovery',
      took.length === 0
        ? 'nothing was interrupted'
        : `p50 ${seconds(percentile(took, 0.5))} s, p99 ${seconds(percentile(took, 0.99))} s${toSlow(recoveries)}`,
    ],
    [
      'deploys (SIGTERM)',
      strikes.deployTookMs.length === 0
        ? 'none'
        : `${strikes.deployTookMs.length}, slowest ${seconds(Math.max(...strikes.deployTookMs))} s`,
    ],
    [
      'the app',
      `${book.counts.rsvpCommands} RSVPs, ${book.counts.eventCommands} event bodies, ${book.counts.otherCommands} others; ${book.counts.repeats} repeats, ${book.counts.unknown} never answered`,
    ],
    [
      'at Luma',
      `${book.registered.size} registered, ${book.declinedThere.size} declined, ${book.checkedIn.size} checked in, ${book.movedTo.size} events moved`,
    ],
    [
      'requests to Luma',
      `${result.requests}, most in any ${BUDGET.windowMs / 1_000} s: ${result.maxInAnyWindow} of ${BUDGET.limit}`,
    ],
    ['coupon mails', result.couponMails],
    [
      'run again by hand',
      `${result.replayed} set aside after three deaths; ${result.leftToPerson.length} left to a person`,
    ],
    ['lost', verdict.lost.length],
    ['duplicated', verdict.duplicated.length],
    ['unwanted mails', verdict.unwantedMails.length],
    ['over budget', verdict.overBudget.length],
    ['duration', `${seconds(result.durationMs)} s`],
  );
  const remarks = [...strikes.badDeploys, ...strikes.failed, ...result.surprises];
  return [
    table.toString(),
    ...remarks.map((remark) => `  note: ${remark}`),
    ...toLines(verdict),
    ...(isClean(result) ? [] : [`  again: ${replayCommand(seed, options)}`]),
  ].join('\n');
}

/** The promise is 10 s: what took longer is named, to be looked for in the logs. */
const SLOW_MS = 10_000;

function toSlow(recoveries: readonly Recovery[]): string {
  const slow = recoveries.filter(({ tookMs }) => tookMs > SLOW_MS).sort((a, b) => b.tookMs - a.tookMs);
  if (slow.length === 0) return '';
  const named = slow.slice(0, 5).map(({ job, operationId, tookMs }) => `${job} ${operationId} ${seconds(tookMs)} s`);
  return `; ${slow.length} above ${SLOW_MS / 1_000} s: ${named.join(', ')}`;
}

function toLines(verdict: Verdict): string[] {
  return Object.entries(verdict).flatMap(([name, lines]: [string, string[]]) => [
    ...lines.slice(0, LINES_MAX).map((line) => `  ${NAMES[name] ?? name}: ${line}`),
    ...(lines.length > LINES_MAX ? [`  … and ${lines.length - LINES_MAX} more ${NAMES[name] ?? name}`] : []),
  ]);
}

const NAMES: Record<string, string> = {
  lost: 'lost',
  duplicated: 'duplicated',
  unwantedMails: 'unwanted mail',
  overBudget: 'over budget',
};

/** One line for machines. */
export function toJson(results: readonly SeedResult[]): string {
  const seeds = results.map(({ seed, verdict, strikes, recoveries, book, ...rest }) => ({
    seed,
    ...verdict,
    kills: strikes.kills,
    killsOfBusy: strikes.killsOfBusy,
    faults: Object.fromEntries(strikes.byKind),
    deployTookMs: strikes.deployTookMs,
    notes: [...strikes.badDeploys, ...strikes.failed, ...rest.surprises],
    recoveries: recoveries.map(({ job, tookMs }) => ({ job, tookMs: Math.round(tookMs) })),
    commands: book.counts,
    repeats: Object.fromEntries(book.repeatReasons),
    requests: rest.requests,
    maxInAnyWindow: rest.maxInAnyWindow,
    couponMails: rest.couponMails,
    replayed: rest.replayed,
    leftToPerson: rest.leftToPerson,
    durationMs: Math.round(rest.durationMs),
  }));
  return JSON.stringify({ budget: BUDGET, totals: toTotals(results), seeds });
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : (ms / 1_000).toFixed(1);
}
