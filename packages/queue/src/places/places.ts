import { PRIORITY } from '@luma-sync/jobs';

/*
 * Bulkheads: the places of one worker process are divided among keys (the Luma account of an operation).
 *
 *   fetched --take--> waiting --admit--> running --leave-->
 *
 * - A key holds at most `perKey` places; one whose speed is not known at present (`new`) holds one.
 * - A key whose breaker is open (`slow`) holds one place.
 * - Bulk runs leave the last place of their key to the others. A key that has one place has a second one for those
 *   while a bulk run holds the first: a person's change does not wait for a long list.
 * - Runs of a key that lets wait for an answer right now (`isLate`), or is slow, do not count among the `places` of the
 *   others: together they have `extraPlaces` of their own. They need no more than a socket each.
 * - A waiting job holds no place. It was fetched, so Redis keeps it for this worker; nothing polls for it.
 */

/** What a key's answers show; see `KeySpeeds`. */
export type KeySpeed = 'quick' | 'new' | 'slow';

export interface PlacesOptions {
  /** Runs at once of keys that answer in time. */
  places: number;
  /** Of these, how many one key may hold. */
  perKey: number;
  /** Runs at once of late and slow keys, beside `places`. */
  extraPlaces: number;
  /** Fetched jobs that wait for a place at once, at most. */
  waitingMax: number;
  /** Default: every key is quick. */
  speedOf?: (key: string) => KeySpeed;
  /** Whether the key lets wait for an answer right now. Default: none does. */
  isLate?: (key: string) => boolean;
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
/** Keys that are remembered as served: more than wait at once. */
const SERVED_MAX = 2_000;

export class Places {
  private readonly waiting = new Set<Waiting>();
  private readonly byKey = new Map<string, number>();
  private readonly bulkByKey = new Map<string, number>();
  /** When each key was served last, counted in admissions. */
  private readonly served = new Map<string, number>();
  private admissions = 0;
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

  /** A key has another speed now. */
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

  /** Runs that do not count among `places`. */
  private get waitingRuns(): number {
    let count = 0;
    for (const [key, running] of this.byKey) if (this.isWaiting(key)) count += running;
    return count;
  }

  /** Places for keys that answer in time. */
  private get free(): number {
    const { places, extraPlaces } = this.options;
    const waiting = this.waitingRuns;
    return Math.max(0, Math.min(places - (this.running - waiting), places + extraPlaces - this.running));
  }

  private isWaiting(key: string): boolean {
    return this.speedOf(key) === 'slow' || this.options.isLate?.(key) === true;
  }

  private speedOf(key: string): KeySpeed {
    return this.options.speedOf?.(key) ?? 'quick';
  }

  private mayRun({ key, priority }: Candidate): boolean {
    if (key === null) return this.free > 0;
    const speed = this.speedOf(key);
    const limit = speed === 'quick' ? this.options.perKey : 1;
    if (!this.hasPlaceFor(key, isBulk(priority), limit)) return false;
    return speed === 'slow' ? this.waitingRuns < this.options.extraPlaces : this.free > 0;
  }

  private hasPlaceFor(key: string, isBulkRun: boolean, limit: number): boolean {
    const running = this.runningOf(key);
    const bulk = this.bulkByKey.get(key) ?? 0;
    if (isBulkRun) return running < limit && bulk < Math.max(1, limit - 1);
    return limit === 1 ? running - bulk === 0 : running < limit;
  }

  /**
   * By priority, then the key with the fewest runs, then the one that was served longest ago, then in order of arrival.
   */
  private best(): Waiting | null {
    let best: Waiting | null = null;
    for (const waiting of this.waiting) {
      if (!this.mayRun(waiting)) continue;
      if (best === null || this.compare(waiting, best) < 0) best = waiting;
    }
    return best;
  }

  private compare(a: Waiting, b: Waiting): number {
    return (
      a.priority - b.priority ||
      this.runsOf(a) - this.runsOf(b) ||
      this.servedAt(a) - this.servedAt(b) ||
      a.since - b.since
    );
  }

  private servedAt({ key }: Candidate): number {
    return (key === null ? undefined : this.served.get(key)) ?? -1;
  }

  private runsOf({ key }: Candidate): number {
    return key === null ? 0 : this.runningOf(key);
  }

  private leave(run: Candidate): void {
    this.count(run, -1);
    const next = this.best();
    if (next !== null) {
      // What waits here gets a place only after a look at what waits in Redis: a newcomer may be there. It would not
      // get that of a slow key.
      const isSlow = next.key !== null && this.speedOf(next.key) === 'slow';
      if (isSlow || this.isDrained || this.waiting.size >= this.options.waitingMax) this.admitBest();
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
    this.count(best, 1);
    if (best.key !== null) this.noteServed(best.key);
    best.end({ kind: 'admitted', leave: () => this.leave(best) });
    return true;
  }

  private noteServed(key: string): void {
    // Anew, so that the map keeps the order in which keys were served.
    this.served.delete(key);
    this.served.set(key, this.admissions);
    this.admissions += 1;
    const [oldest] = this.served.keys();
    if (this.served.size > SERVED_MAX && oldest !== undefined) this.served.delete(oldest);
  }

  private count({ key, priority }: Candidate, by: 1 | -1): void {
    this.running += by;
    if (key === null) return;
    add(this.byKey, key, by);
    if (isBulk(priority)) add(this.bulkByKey, key, by);
  }

  private changed(): void {
    this.options.onChange?.();
  }
}

const isBulk = (priority: number): boolean => priority >= PRIORITY.bulk;

function add(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
