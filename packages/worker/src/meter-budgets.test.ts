import { describe, expect, it } from '@jest/globals';
import { createMemoryLimiter, toBudget } from '@luma-sync/rate-limiter';
import { createMetrics } from '@luma-sync/runtime';
import { meterBudgets } from './meter-budgets.js';

const budgets = { read: () => toBudget({ limitPerMinute: 5, headroom: 2 }) };
const request = { method: 'read', priority: 'interactive', requestTimeoutMs: 1_000, maxWaitMs: 0 } as const;

async function render(limiter: Parameters<typeof meterBudgets>[1]): Promise<string> {
  const metrics = createMetrics({ app: 'test' });
  meterBudgets(metrics, limiter);
  return (await metrics.render()).body;
}

/** The value of the one line with this name and these labels. */
function figureOf(body: string, name: string, ...labels: string[]): number {
  const lines = body.split('\n').filter((line) => line.startsWith(`luma_sync_${name}{`));
  const [line = 'missing'] = lines.filter((one) => labels.every((label) => one.includes(label)));
  return Number(line.split(' ').at(-1));
}

describe('the metrics of budgets', () => {
  it('show what is spent, what may be, who waits and until when a key is locked, for each key by itself', async () => {
    const limiter = createMemoryLimiter({ budgets });
    for (let i = 0; i < 3; i++) await limiter.acquire({ ...request, account: 'one' });
    await limiter.acquire({ ...request, account: 'one' });
    await limiter.acquire({ ...request, account: 'one', priority: 'bulk' });
    await limiter.acquire({ ...request, account: 'two' });
    await limiter.block('two', 30_000);
    const body = await render(limiter);
    expect(figureOf(body, 'luma_budget_spent', 'account="one"', 'window="60s"', 'methods="all"')).toBe(3);
    expect(figureOf(body, 'luma_budget_in_flight', 'account="one"')).toBe(3);
    expect(figureOf(body, 'luma_budget_capacity', 'account="one"')).toBe(3);
    expect(figureOf(body, 'luma_budget_waiting', 'account="one"', 'class="interactive"')).toBe(1);
    expect(figureOf(body, 'luma_budget_waiting', 'account="one"', 'class="bulk"')).toBe(1);
    expect(figureOf(body, 'luma_budget_blocked_until_seconds', 'account="one"')).toBe(0);
    const untilMs = figureOf(body, 'luma_budget_blocked_until_seconds', 'account="two"') * 1_000;
    expect(untilMs - Date.now()).toBeGreaterThan(25_000);
    expect(untilMs - Date.now()).toBeLessThanOrEqual(30_000);
    expect(figureOf(body, 'luma_budget_cold_seconds', 'account="two"')).toBe(0);
  });

  it('show nothing of a budget that cannot be read, and all the rest', async () => {
    const limiter = createMemoryLimiter({ budgets });
    await limiter.acquire({ ...request, account: 'one' });
    await limiter.acquire({ ...request, account: 'two' });
    const body = await render({
      accounts: () => limiter.accounts(),
      usage: (account) => (account === 'one' ? Promise.reject(new Error('no Redis')) : limiter.usage(account)),
    });
    expect(body).not.toContain('account="one"');
    expect(figureOf(body, 'luma_budget_spent', 'account="two"')).toBe(1);
  });
});
