import { performance } from 'node:perf_hooks';

/** Time for the whole simulator, so that tests can turn it by hand. */
export interface Clock {
  /**
   * Milliseconds since 1970. Never goes back: a wall clock set back must not put two windows of a budget on top of each
   * other.
   */
  now(): number;
  /** Runs `task` once after `ms`. The returned function calls it off. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, task) {
    // Nothing the simulator still means to do keeps a process alive that is otherwise done.
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Stands still until told otherwise; for tests of windows, lock-outs and retries. */
export class ManualClock implements Clock {
  #nowMs: number;
  #tasks: { at: number; order: number; task: () => void }[] = [];
  #order = 0;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#nowMs + ms, order: this.#order++, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Moves on by `ms` and runs what falls due on the way, in order of time. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const next = this.#tasks.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.task();
    }
    this.#nowMs = end;
  }

  /** Tasks still to come; a test waits for this to know that something was scheduled. */
  get pending(): number {
    return this.#tasks.length;
  }
}
