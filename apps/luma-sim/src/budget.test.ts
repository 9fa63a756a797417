import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArrivalBudget } from './budget.js';
import { changeSettings, settingsSchema } from './settings.js';

const defaults = settingsSchema.parse({});
const budgetOf = (change: object) => {
  const { budget } = changeSettings(defaults, { budget: change });
  return new ArrivalBudget(() => budget);
};
const START = 1_760_000_000_000;

describe('the budget as the server counts it', () => {
  it('lets exactly the limit through and refuses the one too many, for a minute', () => {
    const budget = budgetOf({});
    const answers = Array.from({ length: 201 }, (_none, index) => budget.arrive(START + index, 'GET').isAllowed);
    expect(answers.filter(Boolean)).toHaveLength(200);
    expect(answers.at(-1)).toBe(false);
    expect(budget.arrive(START + 200 + 59_999, 'GET')).toMatchObject({ isAllowed: false, retryAfterMs: 1 });
    expect(budget.arrive(START + 200 + 60_000, 'GET').isAllowed).toBe(true);
    expect(budget.report(START + 61_000)).toMatchObject({ breaches: 1, lockouts: 1, refusedWhileLocked: 1 });
  });

  it('a request one window later does not meet the first, one a millisecond earlier does', () => {
    const rules = [{ methods: 'all', limit: 1, windowMs: 1_000 }];
    const budget = budgetOf({ rules, lockoutMs: 0 });
    expect(budget.arrive(START, 'GET').isAllowed).toBe(true);
    expect(budget.arrive(START + 1_000, 'GET').isAllowed).toBe(true);
    expect(budget.arrive(START + 1_999, 'GET').isAllowed).toBe(false);
  });

  it('most arrivals in any window equals a count by hand, whatever the arrivals', () => {
    const gaps = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const budget = budgetOf({ rules: [{ methods: 'all', limit: 5, windowMs: 1_000 }], lockoutMs: 500 });
        let now = START;
        const arrivals = steps.map((step) => {
          now += step;
          budget.arrive(now, 'GET');
          return now;
        });
        const byHand = Math.max(
          ...arrivals.map((at) => arrivals.filter((other) => other <= at && other > at - 1_000).length),
        );
        expect(budget.report(now).rules[0]?.maxInAnyWindow).toBe(byHand);
        // A breach happened if, and only if, some window held too many.
        expect(budget.report(now).breaches > 0).toBe(byHand > 5);
      }),
    );
  });

  it('reads and writes may be counted apart', () => {
    const rules = [
      { methods: 'GET', limit: 2, windowMs: 1_000 },
      { methods: 'POST', limit: 1, windowMs: 1_000 },
    ];
    const budget = budgetOf({ rules });
    expect(
      [budget.arrive(START, 'GET'), budget.arrive(START, 'GET'), budget.arrive(START, 'POST')].every(
        (d) => d.isAllowed,
      ),
    ).toBe(true);
    expect(budget.arrive(START, 'POST').isAllowed).toBe(false);
    expect(budget.arrive(START + 1, 'GET').isAllowed).toBe(false);
  });

  it('fixed windows let through twice the limit around their edge, sliding ones do not', () => {
    const rules = [{ methods: 'all', limit: 10, windowMs: 1_000 }];
    const twice = (window: string) => {
      const budget = budgetOf({ rules, window });
      const times = [...Array(10).fill(START + 999), ...Array(10).fill(START + 1_000)];
      return times.filter((at) => budget.arrive(at, 'GET').isAllowed).length;
    };
    expect(twice('fixed')).toBe(20);
    expect(twice('sliding')).toBe(10);
  });

  it('a request during the block makes it longer only where told so', () => {
    const rules = [{ methods: 'all', limit: 1, windowMs: 1_000 }];
    for (const doesLockoutExtend of [false, true]) {
      const budget = budgetOf({ rules, lockoutMs: 5_000, doesLockoutExtend });
      budget.arrive(START, 'GET');
      budget.arrive(START, 'GET');
      budget.arrive(START + 4_000, 'GET');
      expect(budget.arrive(START + 5_000, 'GET').isAllowed).toBe(!doesLockoutExtend);
    }
  });

  it('a change of other settings loses no count', () => {
    let settings = changeSettings(defaults, { budget: { rules: [{ methods: 'all', limit: 1, windowMs: 1_000 }] } });
    const budget = new ArrivalBudget(() => settings.budget);
    budget.arrive(START, 'GET');
    settings = changeSettings(settings, { events: { listLagMs: 5 } });
    expect(budget.arrive(START, 'GET').isAllowed).toBe(false);
  });
});
