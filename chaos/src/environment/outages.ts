/** Times in which something was away that nobody can work without. */
export class Outages {
  readonly #spans: { from: number; to: number }[] = [];

  /** @param now Milliseconds on a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns ends it. */
  begin(): () => void {
    const span = { from: this.now(), to: Number.POSITIVE_INFINITY };
    this.#spans.push(span);
    return () => {
      span.to = Math.min(span.to, this.now());
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Milliseconds between two moments without any outage in them, neither of these nor of `others`. */
  quietBetween(from: number, to: number, ...others: readonly Outages[]): number {
    const spans = [this, ...others].flatMap((outages) => outages.#spans).sort((a, b) => a.from - b.from);
    let at = from;
    let quiet = 0;
    for (const span of spans) {
      if (span.to <= at || span.from >= to) continue;
      quiet += Math.max(0, span.from - at);
      at = Math.min(to, span.to);
    }
    return quiet + Math.max(0, to - at);
  }
}
