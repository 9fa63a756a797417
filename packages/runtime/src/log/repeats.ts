/** A line that says the same again within this time is counted instead. */
const APART_MS = 30_000;
/** Keys that are remembered; the oldest is forgotten first. */
const KEYS_MAX = 500;

/** Keeps one of many equal lines, and says with the next one how many were left out. */
export class Repeats {
  private readonly seen = new Map<string, { at: number; leftOut: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @returns null when the line is left out, else how many equal ones were since the last. */
  take(key: string): number | null {
    const now = this.now();
    const known = this.seen.get(key);
    if (known !== undefined && now - known.at < APART_MS) {
      known.leftOut += 1;
      return null;
    }
    this.seen.delete(key);
    this.seen.set(key, { at: now, leftOut: 0 });
    const [oldest] = this.seen.keys();
    if (this.seen.size > KEYS_MAX && oldest !== undefined) this.seen.delete(oldest);
    return known?.leftOut ?? 0;
  }
}
