import pTimeout from 'p-timeout';

export interface FinishTimes {
  /** Work waits, and nothing has moved on for so long: the queue stands still. */
  stillMs: number;
  lookMs: number;
}

export const FINISH_TIMES: FinishTimes = { stillMs: 60_000, lookMs: 5_000 };

export interface FinishWatchOptions {
  times: FinishTimes;
  /** Jobs that wait for a place of a worker, not for their time. Rejects while Redis is away. */
  countWaiting: () => Promise<number>;
}

/** A queue in which work waits and nothing moves on. */
export interface Standstill {
  waiting: number;
  stillMs: number;
}

/**
 * Knows whether the work of a queue moves on. A worker may take jobs, and run them, and yet finish none: each run
 * hangs.
 *
 * Only jobs that wait for a worker count. Those that wait for a paused calendar, a budget or a retry have a time of
 * their own, and rightly none of them finishes before it.
 */
export class FinishWatch {
  private readonly timer: NodeJS.Timeout;
  private lookedAt: number;
  private hasMoved = true;
  private stillMs = 0;
  private waiting = 0;

  constructor(
    private readonly options: FinishWatchOptions,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.lookedAt = nowMs();
    this.timer = setInterval(() => void this.look(), options.times.lookMs);
    this.timer.unref();
  }

  /** A run came to a decision, reported progress, or was answered. */
  moved(): void {
    this.hasMoved = true;
    this.stillMs = 0;
  }

  get standstill(): Standstill | null {
    const { waiting, stillMs } = this;
    return stillMs >= this.options.times.stillMs ? { waiting, stillMs } : null;
  }

  async look(): Promise<void> {
    const { lookMs } = this.options.times;
    const waiting = await pTimeout(this.options.countWaiting(), {
      milliseconds: lookMs,
      message: 'counting jobs took too long',
    }).catch(() => 0);
    const now = this.nowMs();
    // Time in which this process stood still itself proves nothing.
    const passedMs = Math.min(now - this.lookedAt, 2 * lookMs);
    this.lookedAt = now;
    this.waiting = waiting;
    this.stillMs = waiting === 0 || this.hasMoved ? 0 : this.stillMs + passedMs;
    this.hasMoved = false;
  }

  stop(): void {
    clearInterval(this.timer);
    this.moved();
  }
}
