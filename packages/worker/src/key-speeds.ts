import type { Priority } from '@luma-sync/jobs';
import type { SlotGate } from '@luma-sync/luma-client';
import type { KeySpeed, Speeds } from '@luma-sync/queue';

/*
 * What the answers of a Luma account show of it. It decides how many places its work has in this worker.
 *
 *   new    nothing lately: one place, until something shows that it answers
 *   quick  an answer within `slowMs`, or a run that took less than LATE_MS, in the last PROOF_MS: its share of the
 *          places
 *   slow   its breaker is open: one place, one request at a time, and beside a background request one that a person
 *          waits for
 *
 * Beside that an account is late while a request has no answer for LATE_MS: its runs count apart from those of the
 * others.
 *
 *   breaker closed --a request without an answer for `slowMs`--> open --QUICK_IN_A_ROW answers within half of it-->
 *   closed
 */

/** Longer than nearly every answer of Luma, and short for what waits behind it. */
const LATE_MS = 1_000;
/** Longer than `slowMs` is by default: an account whose answers just do counts as quick while it works. */
const PROOF_MS = 15_000;
/** One quick answer may be a matter of luck; three show that the account answers again. */
const QUICK_IN_A_ROW = 3;
/** Accounts remembered at most; the rest of a mark is not worth the memory. */
const ACCOUNTS_MAX = 10_000;

export interface KeySpeedsOptions {
  slowMs: number;
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  /** For tests. Default: the process's own. */
  clock?: Clock;
}

export interface Clock {
  nowMs(): number;
  /** @returns what takes the call back. */
  after(ms: number, call: () => void): () => void;
}

export interface KeySpeeds extends Speeds {
  /** A request of the account goes out. @returns what to call when it is over, with or without an answer. */
  begin(account: string, priority: Priority): () => void;
  /**
   * Whether the account is slow and has a request out already: then another one has to wait. A person's waits for those
   * of persons only.
   */
  mustWait(account: string, priority: Priority): boolean;
  /** @param listener Called after each request, whatever its account. */
  onEnd(listener: () => void): void;
  /** Accounts whose breaker is open. */
  slowOnes(): string[];
}

interface Account {
  /** Requests without an answer, and how many of them are late. */
  out: number;
  /** Of these, how many a person waits for. */
  interactive: number;
  late: number;
  provenAt: number;
  /** Quick answers in a row since the breaker opened; null while it is closed. */
  quick: number | null;
}

export const createKeySpeeds = ({ slowMs, log, clock = PROCESS_CLOCK }: KeySpeedsOptions): KeySpeeds =>
  new AccountSpeeds(slowMs, log, clock);

class AccountSpeeds implements KeySpeeds {
  readonly #accounts = new Map<string, Account>();
  readonly #listeners: (() => void)[] = [];
  readonly #endListeners: (() => void)[] = [];
  readonly #slowMs: number;
  readonly #log: KeySpeedsOptions['log'];
  readonly #clock: Clock;

  constructor(slowMs: number, log: KeySpeedsOptions['log'], clock: Clock) {
    this.#slowMs = slowMs;
    this.#log = log;
    this.#clock = clock;
  }

  speedOf(name: string): KeySpeed {
    const account = this.#accounts.get(name);
    if (account === undefined) return 'new';
    if (account.quick !== null) return 'slow';
    return this.#clock.nowMs() - account.provenAt < PROOF_MS ? 'quick' : 'new';
  }

  isLate(name: string): boolean {
    return (this.#accounts.get(name)?.late ?? 0) > 0;
  }

  mustWait(name: string, priority: Priority): boolean {
    const account = this.#accounts.get(name);
    if (account === undefined || account.quick === null) return false;
    return (priority === 'interactive' ? account.interactive : account.out) > 0;
  }

  slowOnes(): string[] {
    return [...this.#accounts].flatMap(([name, { quick }]) => (quick === null ? [] : [name]));
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  onEnd(listener: () => void): void {
    this.#endListeners.push(listener);
  }

  noteRun(name: string, durationMs: number): void {
    if (durationMs >= LATE_MS) return;
    this.#change(name, (account) => {
      account.provenAt = this.#clock.nowMs();
    });
  }

  begin(name: string, priority: Priority): () => void {
    const interactive = priority === 'interactive' ? 1 : 0;
    const startedAt = this.#clock.nowMs();
    let isMarkedLate = false;
    this.#change(name, (account) => {
      account.out += 1;
      account.interactive += interactive;
    });
    const endLateTimer = this.#clock.after(LATE_MS, () => {
      isMarkedLate = true;
      this.#change(name, (account) => {
        account.late += 1;
      });
    });
    const endSlowTimer = this.#clock.after(this.#slowMs, () => this.#openBreaker(name));
    return () => {
      endLateTimer();
      endSlowTimer();
      this.#change(name, (account) => {
        account.out -= 1;
        account.interactive -= interactive;
        if (isMarkedLate) account.late -= 1;
        this.#noteAnswer(name, account, this.#clock.nowMs() - startedAt);
      });
      for (const listener of this.#endListeners) listener();
    };
  }

  /** Calls the listeners when the change made the account quicker, slower, late or in time. */
  #change(name: string, change: (account: Account) => void): void {
    const before = [this.speedOf(name), this.isLate(name)];
    change(this.#remember(name));
    if (this.speedOf(name) === before[0] && this.isLate(name) === before[1]) return;
    for (const listener of this.#listeners) listener();
  }

  #remember(name: string): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    if (this.#accounts.size >= ACCOUNTS_MAX) this.#forgetIdle();
    const account: Account = { out: 0, interactive: 0, late: 0, provenAt: Number.NEGATIVE_INFINITY, quick: null };
    this.#accounts.set(name, account);
    return account;
  }

  #forgetIdle(): void {
    for (const [name, { out, quick }] of this.#accounts) {
      if (out === 0 && quick === null) this.#accounts.delete(name);
    }
  }

  #openBreaker(name: string): void {
    this.#change(name, (account) => {
      if (account.quick === null)
        this.#log.warn(
          { account: name, slowMs: this.#slowMs },
          'answers of this key take long: its work has one place until they are quick again',
        );
      account.quick = 0;
    });
  }

  #noteAnswer(name: string, account: Account, tookMs: number): void {
    if (tookMs < this.#slowMs) account.provenAt = this.#clock.nowMs();
    if (account.quick === null) return;
    account.quick = tookMs <= this.#slowMs / 2 ? account.quick + 1 : 0;
    if (account.quick < QUICK_IN_A_ROW) return;
    account.quick = null;
    this.#log.info({ account: name }, 'answers of this key are quick again: its work has its share of the places');
  }
}

/** A slow account's requests go out one at a time: a run that would wait for two long answers gives its place back. */
export function oneAtATimeWhenSlow(
  limiter: SlotGate,
  speeds: Pick<KeySpeeds, 'mustWait'>,
  retryAfterMs: number,
): SlotGate {
  return {
    acquire: async (request) =>
      speeds.mustWait(request.account, request.priority)
        ? { granted: false, retryAfterMs, reason: 'slow' }
        : limiter.acquire(request),
    block: (account, forMs) => limiter.block(account, forMs),
  };
}

const PROCESS_CLOCK: Clock = {
  nowMs: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
