import type { BudgetUsage, RateLimiter } from '@luma-sync/rate-limiter';
import type { Metrics } from '@luma-sync/runtime';

/** All gauges of one look at the metrics speak of the same moment, and ask Redis once. */
const SAME_LOOK_MS = 500;

/** Shows what every budget that this process spends from holds, by the fingerprint of its key. */
export function meterBudgets(metrics: Metrics, limiter: Pick<RateLimiter, 'accounts' | 'usage'>): void {
  let look: { at: number; usages: Promise<[string, BudgetUsage][]> } | null = null;
  const read = (): Promise<[string, BudgetUsage][]> => {
    if (look === null || performance.now() - look.at > SAME_LOOK_MS) {
      look = { at: performance.now(), usages: readAll(limiter) };
    }
    return look.usages;
  };
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    values: (usage: BudgetUsage) => [Partial<Record<Label, string>>, number][],
  ): void => {
    metrics.gauge<Label | 'account'>({
      name,
      help,
      labels: ['account', ...labels],
      read: async (target) => {
        // An account that could not be read shows nothing instead of what was.
        target.reset();
        for (const [account, usage] of await read()) {
          for (const [own, value] of values(usage)) {
            target.set({ account, ...own } as Partial<Record<Label | 'account', string>>, value);
          }
        }
      },
    });
  };
  const ofWindows =
    (figure: 'spent' | 'capacity' | 'inFlight') =>
    ({ windows }: BudgetUsage): [{ window: string; methods: string }, number][] =>
      windows.map((window) => [{ window: `${window.windowMs / 1_000}s`, methods: window.methods }, window[figure]]);

  gauge('luma_budget_spent', 'Slots that count now', ['window', 'methods'], ofWindows('spent'));
  gauge('luma_budget_capacity', 'Slots that may count at once now', ['window', 'methods'], ofWindows('capacity'));
  gauge('luma_budget_in_flight', 'Slots without an answer yet', ['window', 'methods'], ofWindows('inFlight'));
  gauge('luma_budget_waiting', 'Waits for a slot, by class', ['class'], ({ waiting }) =>
    Object.entries(waiting).map(([name, count]) => [{ class: name }, count]),
  );
  gauge('luma_budget_blocked_until_seconds', 'End of a lock-out, seconds since 1970; 0 without one', [], (usage) => [
    [{}, usage.blockedForMs === 0 ? 0 : (Date.now() + usage.blockedForMs) / 1_000],
  ]);
  gauge('luma_budget_cold_seconds', 'Time left in which only the headroom may be spent', [], (usage) => [
    [{}, usage.coldForMs / 1_000],
  ]);
}

async function readAll(limiter: Pick<RateLimiter, 'accounts' | 'usage'>): Promise<[string, BudgetUsage][]> {
  const read = await Promise.all(
    limiter.accounts().map(async (account) => {
      // Redis is away: its own figures tell, and the others must not fail with it.
      const usage = await limiter.usage(account).catch(() => null);
      return usage === null ? [] : [[account, usage] as [string, BudgetUsage]];
    }),
  );
  return read.flat();
}
