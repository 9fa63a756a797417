import { createHash } from 'node:crypto';
import { type ApiKeyRecord, toApiKeyForm } from '@luma-sync/store';

/** How long a revoked key may still open. */
const KEPT_MS = 10_000;
const MISSED_MS = 1_000;
/** Callers choose what they send: what is kept of wrong keys must not grow without bound. */
const KEPT_MAX = 1_000;

export interface ApiKeySource {
  find(key: string): Promise<ApiKeyRecord | null>;
  /** Valid keys whose form says nothing, by SHA-256: those that the environment names. */
  listOfEnvironment(): Promise<ReadonlyMap<string, ApiKeyRecord>>;
}

/**
 * Remembers for moments whom a key belongs to. A key with a wrong checksum costs no query; one with a right checksum
 * that is unknown costs one in ten seconds. Keys are held as hashes only.
 */
export class ApiKeyCache {
  readonly #kept = new Map<string, { record: ApiKeyRecord | null; until: number }>();
  /** Hashes that opened something since the process began, newest last. */
  readonly #opened = new Set<string>();
  #ofEnvironment: { keys: ReadonlyMap<string, ApiKeyRecord>; at: number } | null = null;
  #reading: Promise<ReadonlyMap<string, ApiKeyRecord>> | null = null;

  constructor(
    private readonly source: ApiKeySource,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * @param isOnlyKnown Nothing is asked about a key that has never opened anything: its caller sent too many wrong
   *   ones.
   */
  async get(key: string, { isOnlyKnown = false } = {}): Promise<ApiKeyRecord | null> {
    const hash = createHash('sha256').update(key).digest('hex');
    if (toApiKeyForm(key) === 'other') return this.#getOfEnvironment(hash);
    const known = this.#kept.get(hash);
    if (known !== undefined && known.until > this.now()) return known.record;
    if (isOnlyKnown && !this.#opened.has(hash)) return null;
    const record = await this.source.find(key);
    if (record !== null) this.#opened.add(hash);
    dropOldest(this.#opened);
    this.#kept.delete(hash);
    this.#kept.set(hash, { record, until: this.now() + KEPT_MS });
    dropOldest(this.#kept);
    return record;
  }

  /**
   * Read again after a second where a key is missing: the process may be making it just now. However many come, it is
   * one query a second.
   */
  async #getOfEnvironment(hash: string): Promise<ApiKeyRecord | null> {
    const now = this.now();
    const kept = this.#ofEnvironment;
    if (kept !== null && now - kept.at < (kept.keys.has(hash) ? KEPT_MS : MISSED_MS))
      return kept.keys.get(hash) ?? null;
    // Those that come in while it is read wait for the same answer.
    this.#reading ??= this.source.listOfEnvironment().finally(() => {
      this.#reading = null;
    });
    const keys = await this.#reading;
    this.#ofEnvironment = { keys, at: this.now() };
    return keys.get(hash) ?? null;
  }
}

function dropOldest(kept: Set<string> | Map<string, unknown>): void {
  if (kept.size <= KEPT_MAX) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
