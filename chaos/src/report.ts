import Table from 'cli-table3';
import { BUDGET } from './environment/open-environment.js';
import { isCleanVerdict, type Verdict } from './invariants/verdict.js';
import { type Mode, type Options, replayCommand, toModeOptions } from './options.js';
import { jobOf } from './plan/poison.js';
import { percentile, type Recovery } from './play/recovery.js';
import type { SeedResult } from './run-seed.js';

const LINES_MAX = 40;

export interface Totals {
  seeds: number;
  kills: number;
  lost: number;
  duplicated: number;
  unwantedMails: number;
  overBudget: number;
  outsideDocument: number;
  /** All operations that were parked, and of these the poisons: one in each seed. */
  parked: number;
  parkedPoisons: number;
  /** Of `seeds`: the poison was not parked in time, or harmed an operation beside it. */
  poisonFailures: number;
  orphans: number;
  recoveryP50Ms: number | null;
  recoveryP99Ms: number | null;
}

export function toTotals(results: readonly SeedResult[]): Totals {
  const sum = (count: (result: SeedResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const took = results.flatMap(({ recoveries }) => recoveries.map(({ tookMs }) => tookMs));
  return {
    seeds: results.length,
    kills: sum(({ injected }) => injected.kills),
    lost: sum(({ verdict }) => verdict.lost.length),
    duplicated: sum(({ verdict }) => verdict.duplicated.length),
    unwantedMails: sum(({ verdict }) => verdict.unwantedMails.length),
    overBudget: sum(({ verdict }) => verdict.overBudget.length),
    outsideDocument: sum(({ verdict }) => verdict.outsideDocument.length),
    parked: sum(({ trace }) => trace.parked.length),
    parkedPoisons: sum(({ trace, verdict }) => trace.parked.length - verdict.parked.length),
    poisonFailures: sum(({ verdict }) => (verdict.poison.length > 0 ? 1 : 0)),
    orphans: sum(({ verdict }) => verdict.orphans.length),
    recoveryP50Ms: percentile(took, 0.5),
    recoveryP99Ms: percentile(took, 0.99),
  };
}

export const isClean = ({ verdict }: SeedResult): boolean => isCleanVerdict(verdict);

export function toLastLine(mode: Mode, totals: Totals): string {
  const { seeds, kills, lost, duplicated, unwantedMails, overBudget, outsideDocument, orphans, recoveryP99Ms } = totals;
  return [
    `${['chaos', toModeOptions(mode)].filter(Boolean).join(' ')}: ${seeds} seeds`,
    `${kills} kills`,
    `${lost} lost`,
    `${duplicated} duplicated`,
    `${unwantedMails} unwanted mails`,
    `${overBudget} over budget`,
    `${outsideDocument} outside the document`,
    toParked(totals),
    ...(orphans === 0 ? [] : [`${orphans} orphans`]),
    `recovery p99 ${seconds(recoveryP99Ms)} s`,
  ].join(', ');
}

/** `20 parked (the poisons)` is right, and `0 parked` without poisons. Anything else names what is wrong. */
function toParked({ parked, parkedPoisons, poisonFailures }: Totals): string {
  const wrong = [
    ...(parked > parkedPoisons ? [`${parked - parkedPoisons} not the poison`] : []),
    ...(poisonFailures > 0 ? [`poison failed in ${poisonFailures} seeds`] : []),
  ];
  if (parked === 0 && wrong.length === 0) return '0 parked';
  const right = parked === 1 ? 'the poison' : 'the poisons';
  return `${parked} parked (${wrong.length === 0 ? right : wrong.join(', ')})`;
}

/** The table of one seed, and below it what went wrong. */
export function toReport(result: SeedResult, options: Options): string {
  const { seed, mode, verdict, injected } = result;
  const table = new Table({
    style: { head: [], border: [] },
    head: [[`seed ${seed}`, toModeOptions(mode)].join(' ').trim(), ''],
    colWidths: [26, 92],
    wordWrap: true,
  });
  table.push(...toFaultRows(result), ...toLoadRows(result), ...toVerdictRows(result));
  const remarks = [...injected.badDeploys, ...injected.failed, ...result.surprises];
  return [
    table.toString(),
    ...remarks.map((remark) => `  note: ${remark}`),
    ...toLines(verdict),
    ...(isClean(result) ? [] : [`  again: ${replayCommand(seed, mode, options)}`]),
  ].join('\n');
}

type Row = [string, string | number];

function toFaultRows({ injected, recoveries }: SeedResult): Row[] {
  const took = recoveries.map(({ tookMs }) => tookMs);
  return [
    [
      'kills (SIGKILL)',
      `${injected.kills}, of them ${injected.killsOfBusy} with work in hand: ${took.length} operations interrupted`,
    ],
    ['faults', [...injected.byKind].map(([kind, count]) => `${kind} ${count}`).join(', ')],
    [
      'recovery',
      took.length === 0
        ? 'nothing was interrupted'
        : `p50 ${seconds(percentile(took, 0.5))} s, p99 ${seconds(percentile(took, 0.99))} s${toSlow(recoveries)}`,
    ],
    [
      'deploys (SIGTERM)',
      injected.deployTookMs.length === 0
        ? 'none'
        : `${injected.deployTookMs.length}, slowest ${seconds(Math.max(...injected.deployTookMs))} s`,
    ],
  ];
}

function toLoadRows(result: SeedResult): Row[] {
  const { book } = result;
  const { counts } = book;
  return [
    [
      'the app',
      `${counts.rsvpCommands} RSVPs, ${counts.eventCommands} event bodies, ${counts.otherCommands} others; ` +
        `${counts.repeats} repeats, ${counts.unknown} never answered`,
    ],
    [
      'at Luma',
      `${book.registered.size} registered, ${book.declinedAtLuma.size} declined, ` +
        `${book.checkedIn.size} checked in, ${book.movedTo.size} events moved`,
    ],
    [
      'requests to Luma',
      `${result.requests}, most in any ${BUDGET.windowMs / 1_000} s: ${result.maxInAnyWindow} of ${BUDGET.limit}`,
    ],
    ['coupon mails', result.couponMails],
    ['poison', toPoisonLine(result)],
  ];
}

function toVerdictRows(result: SeedResult): Row[] {
  const { verdict } = result;
  return [
    ['left to a person', result.leftToPerson.length],
    ['lost', verdict.lost.length],
    ['duplicated', verdict.duplicated.length],
    ['unwanted mails', verdict.unwantedMails.length],
    ['over budget', verdict.overBudget.length],
    ['outside the document', verdict.outsideDocument.length],
    ['parked', `${result.trace.parked.length}, of them ${verdict.parked.length} not the poison`],
    ['duration', `${seconds(result.durationMs)} s`],
  ];
}

/** The promise is 10 s: what took longer is named, to be looked for in the logs. */
const SLOW_MS = 10_000;

function toSlow(recoveries: readonly Recovery[]): string {
  const slow = recoveries.filter(({ tookMs }) => tookMs > SLOW_MS).sort((a, b) => b.tookMs - a.tookMs);
  if (slow.length === 0) return '';
  const named = slow.slice(0, 5).map(({ job, operationId, tookMs }) => `${job} ${operationId} ${seconds(tookMs)} s`);
  return `; ${slow.length} above ${SLOW_MS / 1_000} s: ${named.join(', ')}`;
}

function toPoisonLine({ poison, trace, besidePoison }: SeedResult): string {
  if (poison === null) return 'none';
  const [firstAt] = trace.deathsAt;
  const parkedAt = trace.parked.find(({ job }) => job === jobOf(poison))?.at;
  const after =
    firstAt === undefined || parkedAt === undefined ? '' : `, parked after ${seconds(parkedAt - firstAt)} s`;
  return [
    `${jobOf(poison)} (${poison.death}): ${trace.deathsAt.length} deaths${after}`,
    `${besidePoison ?? '?'} operations in the process that died first`,
    `${trace.done.length} of ${poison.innocents.length} beside it done`,
  ].join('; ');
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
  outsideDocument: 'outside the document',
  parked: 'parked',
  poison: 'poison',
  orphans: 'orphan',
};

/** One line for machines. */
export function toJson(mode: Mode, results: readonly SeedResult[]): string {
  const seeds = results.map(({ seed, verdict, injected, recoveries, book, ...rest }) => ({
    seed,
    ...verdict,
    kills: injected.kills,
    killsOfBusy: injected.killsOfBusy,
    faults: Object.fromEntries(injected.byKind),
    deployTookMs: injected.deployTookMs,
    notes: [...injected.badDeploys, ...injected.failed, ...rest.surprises],
    recoveries: recoveries.map(({ job, tookMs }) => ({ job, tookMs: Math.round(tookMs) })),
    commands: book.counts,
    repeats: Object.fromEntries(book.repeatReasons),
    requests: rest.requests,
    maxInAnyWindow: rest.maxInAnyWindow,
    couponMails: rest.couponMails,
    poison: rest.poison === null ? null : { ...rest.poison, innocents: rest.poison.innocents.length },
    deaths: rest.trace.deathsAt.length,
    besidePoison: rest.besidePoison,
    allParked: rest.trace.parked,
    poisonFailures: verdict.poison,
    leftToPerson: rest.leftToPerson,
    durationMs: Math.round(rest.durationMs),
  }));
  return JSON.stringify({ mode, budget: BUDGET, totals: toTotals(results), seeds });
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : (ms / 1_000).toFixed(1);
}
