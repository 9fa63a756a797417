import type { BudgetRule, SimSettings } from './settings.js';

type BudgetSettings = SimSettings['budget'];

export type BudgetDecision =
  | { isAllowed: true; limit: number; remaining: number; resetAtMs: number }
  | { isAllowed: false; limit: number; resetAtMs: number; retryAfterMs: number };

export interface BudgetReport {
  rules: (BudgetRule & {
    /**
     * Most arrivals, refused ones included, in any span as long as the window. Over `limit` means the client broke it.
     */
    maxInAnyWindow: number;
    /** Arrivals in the window that ends now. */
    inWindow: number;
  })[];
  arrivals: number;
  /** Requests that were one too many. Each starts a lock-out. */
  breaches: number;
  lockouts: number;
  /** Requests refused because a lock-out was already running. */
  refusedWhileLocked: number;
  lockedUntilMs: number | null;
}

/**
 * Counts requests of one calendar as they arrive, exactly: one entry per request, no approximating counters. A request
 * that arrives at T is in every window `(t - windowMs, t]` with `T` inside, so one that comes exactly a window later
 * does not meet it.
 */
export class ArrivalBudget {
  readonly #settings: () => BudgetSettings;
  #counts: RuleCount[] = [];
  #rules = '';
  #lockedUntilMs = Number.NEGATIVE_INFINITY;
  #totals = { arrivals: 0, breaches: 0, lockouts: 0, refusedWhileLocked: 0 };

  constructor(settings: () => BudgetSettings) {
    this.#settings = settings;
  }

  /** Counts one arrival and says whether it may pass. */
  arrive(nowMs: number, method: string): BudgetDecision {
    const settings = this.#settings();
    const counts = this.#current(settings);
    this.#totals.arrivals += 1;
    const mine = counts.filter((count) => count.applies(method));
    for (const count of mine) count.measure(nowMs);

    if (nowMs < this.#lockedUntilMs) {
      this.#totals.refusedWhileLocked += 1;
      if (settings.doesLockoutExtend) this.#lockedUntilMs = nowMs + settings.lockoutMs;
      return this.#refused(nowMs, mine);
    }
    for (const count of mine) count.spend(nowMs);
    if (mine.some((count) => count.isOver(nowMs, settings.window))) {
      this.#totals.breaches += 1;
      this.#totals.lockouts += 1;
      this.#lockedUntilMs = nowMs + settings.lockoutMs;
      return this.#refused(nowMs, mine);
    }
    const tightest = mine.reduce<RuleCount | null>(
      (least, count) => (least === null || count.remaining(nowMs) < least.remaining(nowMs) ? count : least),
      null,
    );
    return {
      isAllowed: true,
      limit: tightest?.rule.limit ?? 0,
      remaining: tightest?.remaining(nowMs) ?? 0,
      resetAtMs: nowMs + (tightest?.rule.windowMs ?? 0),
    };
  }

  report(nowMs: number): BudgetReport {
    const counts = this.#current(this.#settings());
    return {
      rules: counts.map((count) => ({
        ...count.rule,
        maxInAnyWindow: count.maxInAnyWindow,
        inWindow: count.inWindow(nowMs),
      })),
      ...this.#totals,
      lockedUntilMs: nowMs < this.#lockedUntilMs ? this.#lockedUntilMs : null,
    };
  }

  #refused(nowMs: number, counts: RuleCount[]): BudgetDecision {
    const limit = Math.min(...counts.map((count) => count.rule.limit));
    return { isAllowed: false, limit, resetAtMs: this.#lockedUntilMs, retryAfterMs: this.#lockedUntilMs - nowMs };
  }

  /** New figures start new counts, but a running lock-out stays. */
  #current(settings: BudgetSettings): RuleCount[] {
    // By value: a change of any other setting makes new objects with the same figures.
    const rules = JSON.stringify(settings.rules);
    if (this.#rules !== rules) {
      this.#rules = rules;
      this.#counts = settings.rules.map((rule) => new RuleCount(rule));
    }
    return this.#counts;
  }
}

/** Instants in the order they came, with those too old to matter dropped from the front. */
class Instants {
  #items: number[] = [];
  #first = 0;

  add(nowMs: number, windowMs: number): number {
    this.#items.push(nowMs);
    return this.since(nowMs - windowMs);
  }

  /** How many lie after `afterMs`. */
  since(afterMs: number): number {
    while (this.#first < this.#items.length && (this.#items[this.#first] ?? 0) <= afterMs) this.#first += 1;
    if (this.#first > 1_024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return this.#items.length - this.#first;
  }
}

class RuleCount {
  readonly rule: BudgetRule;
  maxInAnyWindow = 0;
  /** All arrivals, to judge the client by. */
  readonly #arrived = new Instants();
  /** Arrivals that were not refused by a lock-out, to enforce by: a block must be able to end. */
  readonly #spent = new Instants();

  constructor(rule: BudgetRule) {
    this.rule = rule;
  }

  applies(method: string): boolean {
    return this.rule.methods === 'all' || this.rule.methods === method;
  }

  measure(nowMs: number): void {
    this.maxInAnyWindow = Math.max(this.maxInAnyWindow, this.#arrived.add(nowMs, this.rule.windowMs));
  }

  spend(nowMs: number): void {
    this.#spent.add(nowMs, this.rule.windowMs);
  }

  isOver(nowMs: number, window: 'sliding' | 'fixed'): boolean {
    const fromMs =
      window === 'sliding'
        ? nowMs - this.rule.windowMs
        : Math.floor(nowMs / this.rule.windowMs) * this.rule.windowMs - 1;
    return this.#spent.since(fromMs) > this.rule.limit;
  }

  remaining(nowMs: number): number {
    return Math.max(0, this.rule.limit - this.#spent.since(nowMs - this.rule.windowMs));
  }

  inWindow(nowMs: number): number {
    return this.#arrived.since(nowMs - this.rule.windowMs);
  }
}
