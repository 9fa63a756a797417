import { setTimeout as pause } from 'node:timers/promises';

export interface LoopOptions {
  signal: AbortSignal;
  /** @returns how long to rest before the next round; 0 for none. */
  round: () => Promise<number>;
  /** Rest after a round that threw. */
  afterErrorMs: number;
  onError: (error: unknown) => void;
}

/**
 * Repeats a round until the signal aborts; a failing round is reported and does not end it. Resolves when the last
 * round has ended.
 */
export async function loop({ signal, round, afterErrorMs, onError }: LoopOptions): Promise<void> {
  while (!signal.aborted) {
    const restMs = await round().catch((error: unknown) => {
      onError(error);
      return afterErrorMs;
    });
    if (restMs > 0) await pause(restMs, undefined, { signal }).catch(() => {});
  }
}
