import { describe, expect, it } from '@jest/globals';
import { createInProcessMailBudget } from './in-process-mail-budget.js';

/** A clock that only sleeping moves: what `take` waits for is what the test sees. */
function openBudget(mailsPerSecond: number) {
  const waits: number[] = [];
  const clock = { ms: 0 };
  const sleep = async (ms: number) => void waits.push(ms);
  return { waits, clock, budget: createInProcessMailBudget({ mailsPerSecond, now: () => clock.ms, sleep }) };
}

const { signal } = new AbortController();

describe('the in-process mail budget', () => {
  it('lets the first mail go at once and spaces the others evenly', async () => {
    const { budget, waits } = openBudget(2);
    for (let mail = 0; mail < 4; mail += 1) await budget.take(signal);
    expect(waits).toEqual([500, 1_000, 1_500]);
  });

  it('saves nothing up while idle, so there is no burst after a pause', async () => {
    const { budget, waits, clock } = openBudget(2);
    await budget.take(signal);
    clock.ms = 60_000;
    await budget.take(signal);
    await budget.take(signal);
    expect(waits).toEqual([500]);
  });

  it('sends a caller away who would wait for more than two seconds, without spending a turn', async () => {
    const { budget, waits, clock } = openBudget(2);
    for (let mail = 0; mail < 5; mail += 1) await budget.take(signal);
    for (let denied = 0; denied < 3; denied += 1) {
      await expect(budget.take(signal)).rejects.toMatchObject({
        code: 'mail.budget_spent',
        verdict: 'wait',
        waitMs: 2_500,
      });
    }
    clock.ms = 2_500;
    await budget.take(signal);
    expect(waits).toEqual([500, 1_000, 1_500, 2_000]);
  });

  it('hands back at once when the worker shuts down during the wait', async () => {
    const stop = new AbortController();
    const budget = createInProcessMailBudget({ mailsPerSecond: 1 });
    await budget.take(stop.signal);
    const waiting = budget.take(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'operation.interrupted' });
  });

  it('refuses a rate that would never let a mail go', () => {
    expect(() => createInProcessMailBudget({ mailsPerSecond: 0 })).toThrow(RangeError);
  });
});
