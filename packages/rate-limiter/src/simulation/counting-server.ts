import type { BudgetWindow, RequestMethod } from '../budget.js';

/** Counts as the server might: any window of the given length, wherever it begins. */
export class CountingServer {
  readonly #arrivals: { at: number; method: RequestMethod }[] = [];

  arrive(at: number, method: RequestMethod): void {
    this.#arrivals.push({ at, method });
  }

  get total(): number {
    return this.#arrivals.length;
  }

  /** Most arrivals in any closed window `[t, t + windowMs]`, and where it begins. */
  worst(window: Pick<BudgetWindow, 'windowMs' | 'methods'>): { count: number; from: number } {
    const times = this.#arrivals
      .filter((arrival) => window.methods === 'all' || window.methods === arrival.method)
      .map((arrival) => arrival.at)
      .sort((a, b) => a - b);
    let worst = { count: 0, from: 0 };
    let first = 0;
    times.forEach((time, last) => {
      while (time - (times[first] ?? time) > window.windowMs) first++;
      if (last - first + 1 > worst.count) worst = { count: last - first + 1, from: times[first] ?? time };
    });
    return worst;
  }

  countBetween(from: number, until: number): number {
    return this.#arrivals.filter((arrival) => arrival.at >= from && arrival.at < until).length;
  }
}
