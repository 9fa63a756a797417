/** One request as it arrived. Times are milliseconds since 1970. */
export interface LoggedRequest {
  seq: number;
  arrivedAt: number;
  method: string;
  path: string;
  query: string;
  calendarId: string | null;
  /** First characters of the key's hash; the key itself is never kept. */
  keyFingerprint: string | null;
  /** What the header of `requests.requiredHeader` said. */
  slot: string | null;
  /** Null while it is being worked on, and for good when its answer was lost. */
  status: number | null;
  durationMs: number | null;
  /** The fault that struck it, or `budget` when the budget refused it. */
  fault: string | null;
  /** Parsed body, kept for the newest requests only. */
  body?: unknown;
}

export interface LogQuery {
  method?: string | undefined;
  /** Exact path, or a prefix ending in `*`. */
  path?: string | undefined;
  /** Only entries after this sequence number. */
  after?: number | undefined;
  /** Newest entries to return. */
  limit?: number | undefined;
}

/**
 * Bounds chosen so that a long run stays well under a gigabyte: entries are about 300 bytes, bodies up to many
 * kilobytes.
 */
const ENTRIES_MAX = 200_000;
const BODIES_MAX = 5_000;

/** Every request, newest last, in a ring. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #total = 0;
  /** By key: values of the required header, each of which may come once. */
  #slots = new Set<string>();
  /** Requests refused because they came without that header, or with one that had come before. */
  readonly refused = { withoutSlot: 0, withUsedSlot: 0 };

  get total(): number {
    return this.#total;
  }

  open(entry: Omit<LoggedRequest, 'seq'>): LoggedRequest {
    this.#total += 1;
    const logged: LoggedRequest = { seq: this.#total, ...entry };
    this.#entries.push(logged);
    delete this.#entries[this.#entries.length - 1 - BODIES_MAX]?.body;
    // Trimmed in large steps: shifting one by one would cost a copy each time.
    if (this.#entries.length > ENTRIES_MAX * 1.1) this.#entries = this.#entries.slice(-ENTRIES_MAX);
    return logged;
  }

  /** Whether a request of this key carried the same slot before. From now on it has. */
  isSlotUsed({ keyFingerprint, slot }: LoggedRequest): boolean {
    const name = `${keyFingerprint} ${slot}`;
    const isUsed = this.#slots.has(name);
    // Oldest first: a set keeps the order.
    if (this.#slots.size >= ENTRIES_MAX) this.#slots.delete(this.#slots.values().next().value ?? '');
    this.#slots.add(name);
    return isUsed;
  }

  find({ method, path, after = 0, limit = 1_000 }: LogQuery = {}): LoggedRequest[] {
    const isPrefix = path?.endsWith('*') ?? false;
    const wanted = isPrefix ? path?.slice(0, -1) : path;
    const found = this.#entries.filter(
      (entry) =>
        entry.seq > after &&
        (method === undefined || entry.method === method) &&
        (wanted === undefined || (isPrefix ? entry.path.startsWith(wanted) : entry.path === wanted)),
    );
    return found.slice(-limit);
  }

  clear(): void {
    this.#entries = [];
    this.#total = 0;
    this.#slots.clear();
    Object.assign(this.refused, { withoutSlot: 0, withUsedSlot: 0 });
  }
}
