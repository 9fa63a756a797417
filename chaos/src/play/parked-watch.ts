import { setTimeout as pause } from 'node:timers/promises';
import { listParked, type ParkedOperation } from '../environment/parked.js';
import type { Sql } from '../environment/sql.js';

/** An operation that was parked at some time, even if it was done later. */
export interface SeenParked extends ParkedOperation {
  /** Milliseconds since the epoch, when it was first seen parked. */
  at: number;
}

const LOOK_MS = 500;

/** Notes every operation that is parked at any time of a run, and when. */
export class ParkedWatch {
  readonly #seen = new Map<string, SeenParked>();
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;

  constructor(private readonly sql: Sql) {
    this.#watching = this.#watch();
  }

  /** Looks a last time. @returns all that were seen, the first parked first. */
  async end(): Promise<SeenParked[]> {
    this.#ended.abort();
    await this.#watching;
    await this.#look();
    return [...this.#seen.values()];
  }

  async #watch(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      // Postgres may be away just now.
      await this.#look().catch(() => {});
      await pause(LOOK_MS, undefined, { signal: this.#ended.signal }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const at = Date.now();
    for (const parked of await listParked(this.sql))
      if (!this.#seen.has(parked.id)) this.#seen.set(parked.id, { ...parked, at });
  }
}
