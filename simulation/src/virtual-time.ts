import TinyQueue from 'tinyqueue';

interface Task {
  at: number;
  order: number;
  work: () => void;
  isCalledOff: boolean;
}

/**
 * The only clock of a run. It moves from one scheduled moment to the next, and only when nothing is left to do in the
 * present one: everything between two moments are promises that settle by themselves, so a seed always tells the same
 * trace.
 */
export class VirtualTime {
  readonly startMs: number;
  #nowMs: number;
  #order = 0;
  #tasks = new TinyQueue<Task>([], compare);

  constructor(startMs: number) {
    this.startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(this.#nowMs);
  }

  /** Runs `work` after so many milliseconds. The returned function calls it off. */
  after(ms: number, work: () => void): () => void {
    const task: Task = { at: this.#nowMs + Math.max(0, ms), order: this.#order, work, isCalledOff: false };
    this.#order += 1;
    this.#tasks.push(task);
    return () => {
      task.isCalledOff = true;
    };
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass while nothing is scheduled. */
  passUntil(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /**
   * Plays until nothing is scheduled.
   *
   * @param stepsMax Bound of the moments played: whatever is still scheduled then goes round in a circle.
   * @returns false when the bound was reached; what is scheduled is forgotten then.
   */
  async play(stepsMax: number): Promise<boolean> {
    for (let step = 0; step < stepsMax; step += 1) {
      const task = this.#tasks.pop();
      if (task === undefined) return true;
      if (task.isCalledOff) continue;
      this.#nowMs = Math.max(this.#nowMs, task.at);
      task.work();
      // Microtasks run dry before this resolves.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    this.#tasks = new TinyQueue<Task>([], compare);
    return false;
  }
}

// In the order of time; at one moment, in the order in which they were scheduled.
const compare = (a: Task, b: Task): number => a.at - b.at || a.order - b.order;
