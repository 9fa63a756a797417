import { InterruptedError } from '@luma-sync/jobs';
import TinyQueue from 'tinyqueue';
import type { LocalClock } from '../local-clock.js';

interface Due {
  at: number;
  order: number;
  run: () => void | Promise<void>;
}

/**
 * Time that moves from event to event. Code that waits through `clock` runs at full speed and the same way every time.
 */
export class VirtualTime {
  now: number;
  readonly #due = new TinyQueue<Due>([], compare);
  #order = 0;

  constructor(start = 1_900_000_000_000) {
    this.now = start;
  }

  /** A process's own clock: only differences mean anything, so each may begin somewhere else. */
  clock(offsetMs = 0): LocalClock {
    return {
      mark: () => ({ monotonicMs: this.now + offsetMs, wallMs: this.now - offsetMs }),
      elapsedMs: (mark) => this.now + offsetMs - mark.monotonicMs,
      sleep: (ms, signal) => this.sleep(ms, signal),
    };
  }

  at(time: number, run: Due['run']): void {
    this.#due.push({ at: Math.max(time, this.now), order: ++this.#order, run });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new InterruptedError());
      const abort = () => reject(new InterruptedError());
      signal?.addEventListener('abort', abort, { once: true });
      this.at(this.now + Math.max(0, ms), () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  }

  /** Runs everything due until then, in order; what each step starts has come to rest before the next. */
  async runUntil(end: number): Promise<void> {
    await rest();
    for (let due = this.#due.peek(); due !== undefined && due.at <= end; due = this.#due.peek()) {
      this.#due.pop();
      this.now = due.at;
      await due.run();
      await rest();
    }
    this.now = end;
  }

  /** The value of a promise that needs time to pass. */
  async waitFor<T>(promise: Promise<T>, limitMs = 600_000): Promise<T> {
    let isDone = false;
    const ended = promise.finally(() => {
      isDone = true;
    });
    ended.catch(() => undefined);
    const end = this.now + limitMs;
    await rest();
    for (let due = this.#due.peek(); !isDone && due !== undefined && due.at <= end; due = this.#due.peek()) {
      this.#due.pop();
      this.now = due.at;
      await due.run();
      await rest();
    }
    if (!isDone) throw new Error(`nothing more happens within ${limitMs} ms and the promise is still open`);
    return ended;
  }
}

const compare = (a: Due, b: Due): number => a.at - b.at || a.order - b.order;

/** All microtasks run before the next macrotask. */
const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
