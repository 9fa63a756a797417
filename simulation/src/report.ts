import { isFlawless, type Verdict } from './invariants/check-invariants.js';
import type { SeedResult } from './run-seed.js';
import type { DayResult } from './scenarios/day.js';

export interface Totals {
  seeds: number;
  diverged: number;
  echoes: number;
  duplicates: number;
  unwantedMails: number;
  guessed: number;
  forgotten: number;
  undone: number;
  /** Requests, not seeds. */
  outsideDocument: number;
  requests: number;
  deliveries: number;
  replays: number;
  failing: number[];
}

export const noTotals = (): Totals => ({
  seeds: 0,
  diverged: 0,
  echoes: 0,
  duplicates: 0,
  unwantedMails: 0,
  guessed: 0,
  forgotten: 0,
  undone: 0,
  outsideDocument: 0,
  requests: 0,
  deliveries: 0,
  replays: 0,
  failing: [],
});

/** Counted by seed, requests outside the document apart: a seed that went wrong in three places went wrong once. */
export function addResult(totals: Totals, { seed, verdict, counts }: SeedResult): void {
  totals.seeds += 1;
  const { outsideDocument, ...bySeed } = verdict;
  for (const [kind, list] of Object.entries(bySeed)) if (list.length > 0) totals[kind as keyof typeof bySeed] += 1;
  totals.outsideDocument += outsideDocument.length;
  totals.requests += counts.requests;
  totals.deliveries += counts.deliveries;
  totals.replays += counts.replays;
  if (!isFlawless(verdict)) totals.failing.push(seed);
}

export function describeFailure({ seed, isSilent, isOdd, isLate, verdict }: SeedResult): string[] {
  const trace =
    'npm run simulate -- --seed ' +
    `${seed}${isSilent ? ' --silent' : ''}${isOdd ? ' --odd' : ''}${isLate ? ' --late' : ''}`;
  return [`seed ${seed} went wrong:`, ...describeFlaws(verdict), `  its trace: ${trace}`];
}

const describeFlaws = (verdict: Verdict): string[] =>
  Object.entries(verdict).flatMap(([kind, list]) => list.map((flaw: string) => `  ${kind}: ${flaw}`));

export const lastLine = ({ seeds, diverged, echoes, duplicates, outsideDocument }: Totals): string =>
  `simulate: ${seeds} seeds, ${diverged} diverged, ${echoes} echoes, ${duplicates} duplicates, ` +
  `${outsideDocument} outside the document`;

export const isGood = (totals: Totals): boolean => totals.failing.length === 0 && totals.seeds > 0;

/** One line, and one for each flaw. */
export function describeDay({ verdict, changes, requests, writes, deliveries }: DayResult): string[] {
  const flaws = describeFlaws(verdict);
  const what = `${changes.app} changes by the app and ${changes.luma} at Luma in 24 h`;
  const cost = `${deliveries} deliveries, ${requests} requests, ${writes} of them writes`;
  return [`day: ${what}; ${cost}; ${verdict.echoes.length} echoes, ${flaws.length} flaws in all`, ...flaws];
}
