/** A moment, as two clocks saw it. */
export interface Mark {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * The monotonic clock goes on while a process is stopped, and stands still while the whole machine is suspended; the
 * wall clock may be set. The larger of both counts: a lease is at worst given up too early.
 */
export const leaseClock = {
  mark: (): Mark => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  elapsedMs: ({ monotonicMs, wallMs }: Mark): number => Math.max(performance.now() - monotonicMs, Date.now() - wallMs),
};
