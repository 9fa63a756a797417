/*
 * Bulkheads: the places of one worker process are divided among keys (the Luma account of an operation).
 *
 *   fetched --take--> waiting --admit--> running --leave-->
 *
 * - A key holds at most `perKey` places.
 * - A key whose breaker is open (`isSlow`) holds one place. Its runs do not count among the `places` of the others:
 *   all slow keys together have `slowPlaces` of their own.
 * - A waiting job holds no place. It was fetched, so Redis keeps it for this worker; nothing polls for it.
 */

export interface PlacesOptions {
  /** Runs at once of keys that answer in time. */
  places: number;
  /** Of these, how many one key may hold. */
  perKey: number;
  /** Runs at once of slow keys, beside `places`. */
  slowPlaces: number;
  /** Fetched jobs that wait for a place at once, at most. */
  waitingMax: number;
  isSlow?: (key: string) => boolean;
  /** Told after each change of {@link Places.fetchLimit}. */
  onChange?: () => void;
}

export interface Candidate {
  /** Null: not known; then only `places` bounds it. */
  key: string | null;
  /** Lower is served first. */
  priority: number;
}

export type Taken =
  | { kind: 'admitted'; leave: () => void }
  /** Too many jobs wait here already: this one has to wait elsewhere. */
  | { kind: 'full' }
  | { kind: 'closed' };

interface Waiting extends Candidate {
  since: number;
  end: (taken: Taken) => void;
}

/** A place that was left for the next fetch goes to a waiting job when the fetch brings nothing for this long. */
const FETCH_LIMIT_MS = 250;

export class Places {
  private readonly waiting = new Set<Waiting>();
  private readonly byKey = new Map<string, number>();
  private running = 0;
  private arrivals = 0;
  private isDrained = false;
  private isClosed = false;
  private fetchTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PlacesOptions) {}

  /** Resolves when the job may run, or cannot wait here. The caller calls `leave` exactly once. */
  take(candidate: Candidate): Promise<Taken> {
    this.isDrained = false;
    if (this.isClosed) return Promise.resolve({ kind: 'closed' });
    return new Promise<Taken>((end) => {
      const waiting: Waiting = { ...candidate, since: this.arrivals, end };
      this.arrivals += 1;
      this.waiting.add(waiting);
      // One place for one arrival: it may be for another job than the one that has just come.
      this.admitBest();
      if (this.waiting.size > this.options.waitingMax && this.waiting.delete(waiting)) end({ kind: 'full' });
      this.changed();
    });
  }

  /** Sends away what waits, and what comes from now on. What runs goes on. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.fetchTimer);
    for (const { end } of this.waiting) end({ kind: 'closed' });
    this.waiting.clear();
    this.changed();
  }

  /** Redis has no job that could be fetched: what waits here takes all it may. */
  drained(): void {
    this.isDrained = true;
    this.fill();
  }

  /** A breaker opened or closed. */
  reconsider(): void {
    this.fill();
  }

  /** Jobs that the worker may hold at once: those that run or wait, and one more for each free place. */
  get fetchLimit(): number {
    const isFull = this.waiting.size >= this.options.waitingMax;
    return this.running + this.waiting.size + (isFull ? 0 : this.free);
  }

  get isFull(): boolean {
    return this.free === 0 || this.waiting.size >= this.options.waitingMax;
  }

  get waitingJobs(): number {
    return this.waiting.size;
  }

  runningOf(key: string): number {
    return this.byKey.get(key) ?? 0;
  }

  private get slowRunning(): number {
    let count = 0;
    for (const [key, running] of this.byKey) if (this.isSlow(key)) count += running;
    return count;
  }

  /** Places for keys that answer in time. */
  private get free(): number {
    const { places, slowPlaces } = this.options;
    const slow = this.slowRunning;
    return Math.max(0, Math.min(places - (this.running - slow), places + slowPlaces - this.running));
  }

  private isSlow(key: string | null): boolean {
    return key !== null && this.options.isSlow?.(key) === true;
  }

  private mayRun({ key }: Candidate): boolean {
    if (key === null) return this.free > 0;
    if (this.isSlow(key)) return this.runningOf(key) === 0 && this.slowRunning < this.options.slowPlaces;
    return this.runningOf(key) < this.options.perKey && this.free > 0;
  }

  /** By priority, then the key with the fewest runs, then in order of arrival. */
  private best(): Waiting | null {
    let best: Waiting | null = null;
    for (const waiting of this.waiting) {
      if (!this.mayRun(waiting)) continue;
      if (best === null || this.compare(waiting, best) < 0) best = waiting;
    }
    return best;
  }

  private compare(a: Waiting, b: Waiting): number {
    return a.priority - b.priority || this.runsOf(a) - this.runsOf(b) || a.since - b.since;
  }

  private runsOf({ key }: Candidate): number {
    return key === null ? 0 : this.runningOf(key);
  }

  private leave(key: string | null): void {
    this.count(key, -1);
    const next = this.best();
    if (next !== null) {
      // A key that holds places already gets one more only after a look at what waits in Redis: a newcomer may be there.
      const isNewcomer = this.runsOf(next) === 0;
      if (isNewcomer || this.isDrained || this.waiting.size >= this.options.waitingMax) this.admitBest();
      else this.awaitFetch();
    }
    this.changed();
  }

  private awaitFetch(): void {
    if (this.fetchTimer !== undefined) return;
    this.fetchTimer = setTimeout(() => this.fill(), FETCH_LIMIT_MS);
    this.fetchTimer.unref();
  }

  private fill(): void {
    clearTimeout(this.fetchTimer);
    this.fetchTimer = undefined;
    while (this.admitBest()) {
      // The next one may have another key.
    }
    this.changed();
  }

  private admitBest(): boolean {
    const best = this.best();
    if (best === null) return false;
    this.waiting.delete(best);
    this.count(best.key, 1);
    best.end({ kind: 'admitted', leave: () => this.leave(best.key) });
    return true;
  }

  private count(key: string | null, by: 1 | -1): void {
    this.running += by;
    if (key === null) return;
    const running = this.runningOf(key) + by;
    if (running === 0) this.byKey.delete(key);
    else this.byKey.set(key, running);
  }

  private changed(): void {
    this.options.onChange?.();
  }
}
