import { describe, expect, it } from '@jest/globals';
import { type Totals, toLastLine } from './report.js';

const totals: Totals = {
  seeds: 20,
  kills: 184,
  lost: 0,
  duplicated: 0,
  unwantedMails: 0,
  overBudget: 0,
  outsideDocument: 0,
  parked: 20,
  parkedPoisons: 20,
  poisonFailures: 0,
  orphans: 0,
  recoveryP50Ms: 3_000,
  recoveryP99Ms: 8_100,
};
const lineOf = (change: Partial<Totals> = {}, isStarved = false): string =>
  toLastLine({ profile: 'storm', isStarved }, { ...totals, ...change });

describe('the last line', () => {
  it('says that nothing but the poisons was parked', () => {
    expect(lineOf()).toBe(
      'chaos: 20 seeds, 184 kills, 0 lost, 0 duplicated, 0 unwanted mails, 0 over budget, 0 outside the document, ' +
        '20 parked (the poisons), recovery p99 8.1 s',
    );
    expect(lineOf({ seeds: 1, parked: 1, parkedPoisons: 1 })).toContain(' 1 parked (the poison), ');
  });

  it('names the mode, where it is not the storm', () => {
    expect(lineOf({}, true)).toMatch(/^chaos --starve: 20 seeds, /);
  });

  it('tells of what was parked and is not the poison, and of a poison that was not', () => {
    expect(lineOf({ parked: 22 })).toContain(' 22 parked (2 not the poison), ');
    expect(lineOf({ parked: 20, parkedPoisons: 19, poisonFailures: 1 })).toContain(
      ' 20 parked (1 not the poison, poison failed in 1 seeds), ',
    );
    expect(lineOf({ parked: 0, parkedPoisons: 0, poisonFailures: 20 })).toContain(
      ' 0 parked (poison failed in 20 seeds), ',
    );
  });

  it('names orphans where there are any', () => {
    expect(lineOf()).not.toContain('orphans');
    expect(lineOf({ orphans: 2 })).toContain(', 2 orphans, ');
  });
});
