import { ipKeyGenerator } from 'express-rate-limit';
import { Problem } from '../http/problem.js';

const WINDOW_MS = 60_000;
/**
 * More wrong keys of one address in a minute are a guess or a broken program; an app with one wrong setting stays
 * below.
 */
const WRONG_MAX = 100;
/** Addresses that are counted at once; the oldest are forgotten beyond. */
const ADDRESSES_MAX = 10_000;

/**
 * Counts wrong keys by address in memory. Keys that are known stay open to an address beyond its limit: several callers
 * may share it.
 */
export class WrongKeyLimit {
  readonly #counts = new Map<string, { wrong: number; until: number }>();

  constructor(
    private readonly wrongMax = WRONG_MAX,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws {Problem} 429 `auth.too_many_wrong_keys` */
  note(address: string): void {
    // One network of IPv6 counts as one address: a caller has billions there.
    const key = ipKeyGenerator(address);
    const now = this.now();
    const known = this.#counts.get(key);
    const count = known !== undefined && known.until > now ? known : { wrong: 0, until: now + WINDOW_MS };
    count.wrong += 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size > ADDRESSES_MAX) {
      const [oldest] = this.#counts.keys();
      if (oldest !== undefined) this.#counts.delete(oldest);
    }
    if (count.wrong <= this.wrongMax) return;
    const retryAfter = String(Math.max(1, Math.ceil((count.until - now) / 1_000)));
    throw new Problem(429, 'auth.too_many_wrong_keys', 'too many wrong API keys from this address', {
      headers: { 'retry-after': retryAfter },
    });
  }

  isOver(address: string): boolean {
    const count = this.#counts.get(ipKeyGenerator(address));
    return count !== undefined && count.until > this.now() && count.wrong > this.wrongMax;
  }
}
