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

/** Longer than nearly every answer of Luma, and short for whoever waits behind it. */
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

export function createKeySpeeds({ slowMs, log, clock = PROCESS_CLOCK }: KeySpeedsOptions): KeySpeeds {
  const accounts = new Map<string, Account>();
  const listeners: (() => void)[] = [];
  const endListeners: (() => void)[] = [];

  const changing = (account: string, change: (of: Account) => void): void => {
    const before = [speedOf(account), isLate(account)];
    change(remember(account));
    if (speedOf(account) !== before[0] || isLate(account) !== before[1]) for (const listener of listeners) listener();
  };

  const remember = (name: string): Account => {
    const known = accounts.get(name);
    if (known !== undefined) return known;
    if (accounts.size >= ACCOUNTS_MAX) forgetIdle();
    const account: Account = { out: 0, interactive: 0, late: 0, provenAt: Number.NEGATIVE_INFINITY, quick: null };
    accounts.set(name, account);
    return account;
  };

  const forgetIdle = (): void => {
    for (const [name, { out, quick }] of accounts) if (out === 0 && quick === null) accounts.delete(name);
  };

  const speedOf = (name: string): KeySpeed => {
    const account = accounts.get(name);
    if (account === undefined) return 'new';
    if (account.quick !== null) return 'slow';
    return clock.nowMs() - account.provenAt < PROOF_MS ? 'quick' : 'new';
  };

  const isLate = (name: string): boolean => (accounts.get(name)?.late ?? 0) > 0;

  const open = (account: string): void =>
    changing(account, (of) => {
      if (of.quick === null)
        log.warn(
          { account, slowMs },
          'answers of this key take long: its work has one place until they are quick again',
        );
      of.quick = 0;
    });

  const noteAnswer = (account: string, of: Account, tookMs: number): void => {
    if (tookMs < slowMs) of.provenAt = clock.nowMs();
    if (of.quick === null) return;
    of.quick = tookMs <= slowMs / 2 ? of.quick + 1 : 0;
    if (of.quick < QUICK_IN_A_ROW) return;
    of.quick = null;
    log.info({ account }, 'answers of this key are quick again: its work has its share of the places');
  };

  return {
    speedOf,
    isLate,
    mustWait: (account, priority) => {
      const of = accounts.get(account);
      if (of === undefined || of.quick === null) return false;
      return (priority === 'interactive' ? of.interactive : of.out) > 0;
    },
    slowOnes: () => [...accounts].flatMap(([name, { quick }]) => (quick === null ? [] : [name])),
    onChange: (listener) => void listeners.push(listener),
    onEnd: (listener) => void endListeners.push(listener),
    noteRun: (account, durationMs) => {
      if (durationMs >= LATE_MS) return;
      changing(account, (of) => {
        of.provenAt = clock.nowMs();
      });
    },
    begin(account, priority) {
      const interactive = priority === 'interactive' ? 1 : 0;
      const startedAt = clock.nowMs();
      let isMarkedLate = false;
      changing(account, (of) => {
        of.out += 1;
        of.interactive += interactive;
      });
      const markLate = clock.after(LATE_MS, () => {
        isMarkedLate = true;
        changing(account, (of) => {
          of.late += 1;
        });
      });
      const markSlow = clock.after(slowMs, () => open(account));
      return () => {
        markLate();
        markSlow();
        changing(account, (of) => {
          of.out -= 1;
          of.interactive -= interactive;
          if (isMarkedLate) of.late -= 1;
          noteAnswer(account, of, clock.nowMs() - startedAt);
        });
        for (const listener of endListeners) listener();
      };
    },
  };
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
