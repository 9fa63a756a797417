interface Task {
  at: number;
  order: number;
  work: () => void;
  isCalledOff: boolean;
}

/**
 * The only clock of a run. It moves from one scheduled moment to the next, and only when nothing is left to do in the
 * present one: everything between two moments are promises that settle by themselves, so a seed always tells the same
 * story.
 */
export class VirtualTime {
  readonly startMs: number;
  #nowMs: number;
  #order = 0;
  readonly #heap: Task[] = [];

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
    this.#push(task);
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
      const task = this.#pop();
      if (task === undefined) return true;
      if (task.isCalledOff) continue;
      this.#nowMs = Math.max(this.#nowMs, task.at);
      task.work();
      // Microtasks run dry before this resolves.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    this.#heap.length = 0;
    return false;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent] as Task, task)) break;
      heap[index] = heap[parent] as Task;
      index = parent;
    }
    heap[index] = task;
  }

  #pop(): Task | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child += 1;
      if (isBefore(last, heap[child] as Task)) break;
      heap[index] = heap[child] as Task;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
