import { createHash } from 'node:crypto';
import type { ApiKeyRecord } from '@luma-sync/store';

/** How long a revoked key may still open, and a new one not yet. */
const KEPT_MS = 10_000;
/** Callers choose what they send: what is kept of wrong keys must not grow without bound. */
const KEPT_MAX = 1_000;

/**
 * Remembers for moments whom a key belongs to, wrong keys included, so that not each request asks the database. Keys are held as hashes only.
 */
export class ApiKeyCache {
  readonly #kept = new Map<string, { record: ApiKeyRecord | null; until: number }>();

  constructor(
    private readonly find: (key: string) => Promise<ApiKeyRecord | null>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async get(key: string): Promise<ApiKeyRecord | null> {
    const name = createHash('sha256').update(key).digest('base64url');
    const known = this.#kept.get(name);
    if (known !== undefined && known.until > this.now()) return known.record;
    const record = await this.find(key);
    this.#kept.delete(name);
    this.#kept.set(name, { record, until: this.now() + KEPT_MS });
    if (this.#kept.size > KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return record;
  }
}
