import type { Priority } from '@luma-sync/jobs';
import type { RequestMethod } from './budget.js';

/**
 * Gives out the right to send one request to Luma, for all processes together and so that the server never counts more
 * than the budget allows, however long requests are in flight. The argument is in docs/rate-limit.md.
 */
export interface RateLimiter {
  /**
   * Asks for one slot. A wait of up to `maxWaitMs` is spent inside the call; a longer one is answered at once as
   * denied.
   *
   * @throws {RetryAfterError} `limiter.unavailable`: no answer in time from Redis (or from the memory of use). Send
   *   nothing. A slot may have been spent for nothing, never the reverse.
   * @throws {InterruptedError} the signal aborted.
   * @throws {RangeError} figures or arguments that make no sense; nothing was asked.
   */
  acquire(request: AcquireRequest): Promise<Acquired>;
  /**
   * The server said 429: nobody gets a slot of this account for `forMs` from now. Never shortens a longer block.
   * @throws {RetryAfterError} `limiter.unavailable`
   */
  block(account: string, forMs: number): Promise<void>;
  /** @throws {RetryAfterError} `limiter.unavailable` */
  usage(account: string): Promise<BudgetUsage>;
  /** Those that this process has asked slots of. */
  accounts(): readonly string[];
}

export interface AcquireRequest {
  /** Fingerprint of the key the request is sent with, never the key: it becomes part of Redis keys and of logs. */
  account: string;
  method: RequestMethod;
  priority: Priority;
  /** From the grant until the request is given up, at most the budget's `requestTimeoutMaxMs`. */
  requestTimeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Default 2,000: a worker's place is worth more than a wait longer than that. */
  maxWaitMs?: number | undefined;
  /**
   * Told before a wait inside the call begins: why, and for how long at most. A denial tells the same in its answer.
   */
  onWait?: ((wait: { reason: DenialReason; forMs: number }) => void) | undefined;
}

/**
 * Why not now. `budget`: all is spent. `paced`: there is room, kept for requests that matter more. `blocked`: the
 * server locked the key. `cold-start`: Redis does not remember what was spent, so only the headroom may be.
 */
export type DenialReason = 'budget' | 'paced' | 'blocked' | 'cold-start';

export type Acquired = { granted: true; slot: Slot } | { granted: false; retryAfterMs: number; reason: DenialReason };

/**
 * One request. Call `settle` when its answer arrived, or `release` if it was never sent; when the outcome is unknown
 * call neither and the slot ages from the request's deadline, as it does when the process dies.
 */
export interface Slot {
  readonly id: string;
  /**
   * Time left to send the request and have it over. At 0 or below nothing may be sent: the slot no longer counts for
   * it.
   */
  remainingMs(): number;
  /**
   * The answer arrived. Its `X-RateLimit-*` headers may lower our figure, never raise it. Never throws; twice is as
   * once.
   */
  settle(answer?: { status?: number; headers?: SettleHeaders }): Promise<void>;
  /** Nothing was sent and nothing will be: the slot is free at once. Never throws. */
  release(): Promise<void>;
}

export type SettleHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface BudgetUsage {
  windows: WindowUsage[];
  /** Waits the limiter knows of: those inside `acquire` and those it sent back to their queue with a time. */
  waiting: Record<Priority, number>;
  /** Milliseconds left of a lock-out; 0 when there is none. */
  blockedForMs: number;
  /** Milliseconds left of the time in which only the headroom may be spent. */
  coldForMs: number;
  /** False before the first slot ever, and after Redis lost its memory. */
  isKnown: boolean;
}

export interface WindowUsage {
  limit: number;
  windowMs: number;
  methods: 'all' | 'read' | 'write';
  /** What may be spent now: the limit, or the server's lower figure, less the headroom. */
  capacity: number;
  /** Slots that count now, requests in flight included. */
  spent: number;
  /** Of those, requests whose answer has not come. */
  inFlight: number;
}
