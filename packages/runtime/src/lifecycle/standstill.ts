/** Tells how long something that counts up has stood still, as seen by looks that are meant to come every `lookMs`. */
export class Standstill {
  private silentForMs = 0;
  private seen: number | null = null;
  private lookedAt = 0;

  constructor(private readonly lookMs: number) {}

  /** @returns the length of the standstill, in ms. */
  look(count: number, nowMs: number): number {
    // Time in which the one who looks did not run either (a stopped process, a sleeping machine, no CPU) proves
    // nothing.
    const passedMs = Math.min(nowMs - this.lookedAt, 2 * this.lookMs);
    this.silentForMs = count === this.seen ? this.silentForMs + passedMs : 0;
    this.seen = count;
    this.lookedAt = nowMs;
    return this.silentForMs;
  }
}
