import pTimeout from 'p-timeout';

/** How soon a worker that takes no jobs is noticed. */
export interface ConsumptionTimes {
  /**
   * A worker with a free place that has heard nothing from Redis for so long is not ready. Above 10 s, the longest that
   * BullMQ blocks.
   */
  silentMs: number;
  /** After so long, and if Redis answered others all the while, it is dead. */
  deadMs: number;
  /** How often that is looked at. */
  lookMs: number;
}

/** Red after 15 s, dead after 30 s: with the time for closing well within 45 s. */
export const CONSUMPTION: ConsumptionTimes = { silentMs: 15_000, deadMs: 30_000, lookMs: 1_000 };

export interface ConsumptionOptions {
  times: ConsumptionTimes;
  /** True while every place is taken: then nothing is asked for, and rightly so. */
  isFull: () => boolean;
  /**
   * Does with another connection what a fetch does: writes. Rejects while Redis is away, read-only or out of memory.
   */
  probe: () => Promise<unknown>;
  /** Called once, when the worker has been silent for that long although Redis answered all the time. */
  onDead: () => void;
}

/**
 * Knows whether a worker really takes jobs, from the answers that its fetching gets and not from what it says of
 * itself.
 *
 * A client may stand connected and wait for an answer that will never come. While Redis is away, everybody is silent
 * and a new process would be too, so that does not count as death; a fetch that stays silent when others are answered
 * does.
 */
export class Consumption {
  private readonly timer: NodeJS.Timeout;
  private lookedAt = performance.now();
  private silentForMs = 0;
  /** The part of the silence in which Redis answered the probe. */
  private deadForMs = 0;
  private isProbing = false;
  private isOver = false;

  constructor(private readonly options: ConsumptionOptions) {
    this.timer = setInterval(() => this.look(), options.times.lookMs);
    this.timer.unref();
  }

  get isAlive(): boolean {
    return this.silentForMs < this.options.times.silentMs;
  }

  /** Redis has answered a fetch, with a job or without. */
  answered(): void {
    this.silentForMs = 0;
    this.deadForMs = 0;
  }

  stop(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    // Time in which this process stood still itself (stopped, starved) proves nothing about the fetching.
    const passedMs = Math.min(now - this.lookedAt, 2 * this.options.times.lookMs);
    this.lookedAt = now;
    if (this.options.isFull()) {
      this.answered();
      return;
    }
    this.silentForMs += passedMs;
    this.deadForMs += passedMs;
    if (!this.isProbing) void this.probe();
    if (this.deadForMs < this.options.times.deadMs || this.isOver) return;
    this.stop();
    this.options.onDead();
  }

  private async probe(): Promise<void> {
    this.isProbing = true;
    const limitMs = Math.min(5_000, this.options.times.silentMs / 3);
    try {
      await pTimeout(this.options.probe(), { milliseconds: limitMs, message: 'a probe took too long' });
    } catch {
      this.deadForMs = 0;
    } finally {
      this.isProbing = false;
    }
  }
}
