/** Times in which Redis or Postgres was away: nobody can take work over then. */
export class Outages {
  readonly #spans: { from: number; to: number }[] = [];

  /** @param now Milliseconds on a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async during<T>(work: () => Promise<T>): Promise<T> {
    const span = { from: this.now(), to: Number.POSITIVE_INFINITY };
    this.#spans.push(span);
    try {
      return await work();
    } finally {
      span.to = this.now();
    }
  }

  /** Milliseconds between two moments without any outage in them. */
  quietBetween(from: number, to: number): number {
    let at = from;
    let quiet = 0;
    for (const span of [...this.#spans].sort((a, b) => a.from - b.from)) {
      if (span.to <= at || span.from >= to) continue;
      quiet += Math.max(0, span.from - at);
      at = Math.min(to, span.to);
    }
    return quiet + Math.max(0, to - at);
  }
}
