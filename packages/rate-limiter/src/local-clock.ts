import { InterruptedError } from '@luma-sync/jobs';

/** A moment on a process's own clocks. Only differences mean anything. */
export interface Mark {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Time inside one process. Never compared with the budget's clock: only lengths of time cross over. */
export interface LocalClock {
  mark(): Mark;
  /** Milliseconds since `mark`, never too few. */
  elapsedMs(mark: Mark): number;
  /**
   * Waits at least `ms`.
   * @throws {InterruptedError} the signal aborted
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: LocalClock = {
  mark: () => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  // The monotonic clock stands still while a machine is suspended, the wall clock may be set: the larger difference is
  // the safe one.
  elapsedMs: (mark) => Math.max(performance.now() - mark.monotonicMs, Date.now() - mark.wallMs),
  sleep: async (ms, signal) => {
    const startedAt = performance.now();
    // A timer may fire up to a millisecond early, and a slot that starts later must not be used before.
    for (let leftMs = ms; leftMs > 0; leftMs = ms - (performance.now() - startedAt)) {
      await timer(Math.ceil(leftMs), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new InterruptedError('interrupted while waiting for a slot'));
    const abort = () => {
      clearTimeout(timeout);
      reject(new InterruptedError('interrupted while waiting for a slot'));
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
