import type { SlowKeys } from '@luma-sync/queue';

/*
 * A breaker for each Luma account, by the time its answers take:
 *
 *   closed --a request is without an answer for `slowMs`--> open --QUICK_IN_A_ROW answers, each within half of it--> closed
 *
 * Open means that the account has one place in this worker (`Places` of the queue). Its runs there are the probes.
 */

/** One quick answer may be a matter of luck; three show that the account answers again. */
const QUICK_IN_A_ROW = 3;

export interface SlowKeysOptions {
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

export interface KeyBreakers extends SlowKeys {
  /** A request of the account goes out. @returns what to call when it is over, with or without an answer. */
  begin(account: string): () => void;
  /** @param listener Called after each request, whatever its account. */
  onEnd(listener: () => void): void;
  /** Accounts that have one place now. */
  list(): string[];
}

export function createKeyBreakers({ slowMs, log, clock = PROCESS_CLOCK }: SlowKeysOptions): KeyBreakers {
  /** Accounts whose breaker is open, with their quick answers in a row. */
  const open = new Map<string, number>();
  const listeners: (() => void)[] = [];
  const endListeners: (() => void)[] = [];
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const noteSlow = (account: string): void => {
    const isNews = !open.has(account);
    open.set(account, 0);
    if (!isNews) return;
    log.warn({ account, slowMs }, 'answers of this key take long: its work has one place until they are quick again');
    changed();
  };

  const noteQuick = (account: string): void => {
    const quick = open.get(account);
    if (quick === undefined) return;
    if (quick + 1 < QUICK_IN_A_ROW) {
      open.set(account, quick + 1);
      return;
    }
    open.delete(account);
    log.info({ account }, 'answers of this key are quick again: its work has its share of the places');
    changed();
  };

  return {
    has: (account) => open.has(account),
    list: () => [...open.keys()],
    onChange: (listener) => void listeners.push(listener),
    onEnd: (listener) => void endListeners.push(listener),
    begin(account) {
      const startedAt = clock.nowMs();
      const cancel = clock.after(slowMs, () => noteSlow(account));
      return () => {
        cancel();
        const tookMs = clock.nowMs() - startedAt;
        if (tookMs <= slowMs / 2) noteQuick(account);
        else if (open.has(account)) open.set(account, 0);
        for (const listener of endListeners) listener();
      };
    },
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
