/** Part of the limit that has to be processor time of this process, for a gap to count as computing. */
const COMPUTING_SHARE = 0.75;

/**
 * Tells whether the event loop was blocked by computing for longer than a limit. A frozen process, and one that gets no
 * processor time, has gaps too. It spends little processor time in them: a loop that turns ends a gap, however slowly
 * it turns.
 */
export class LoopWatch {
  private lastAt = performance.now();
  private lastCpu = process.cpuUsage();
  private hasBlocked = false;

  /**
   * @param limitMs At least twice the time between two beats, so that what ran before a freeze does not count as
   *   computing.
   */
  constructor(private readonly limitMs: number) {}

  /** Call it from a timer. */
  beat(): void {
    this.hasBlocked = this.wasBlocked;
    this.lastAt = performance.now();
    this.lastCpu = process.cpuUsage();
  }

  /** Also right between two beats: a run may learn that its lease is lost before any timer had its turn. */
  get wasBlocked(): boolean {
    if (this.hasBlocked) return true;
    if (performance.now() - this.lastAt < this.limitMs) return false;
    const { user, system } = process.cpuUsage(this.lastCpu);
    return (user + system) / 1_000 >= this.limitMs * COMPUTING_SHARE;
  }
}
