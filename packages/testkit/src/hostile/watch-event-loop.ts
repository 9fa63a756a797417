import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface EventLoopWatch<T> {
  /** Longest delay of the event loop, by the clock on the wall: the machine may have done something else meanwhile. */
  delayMs: number;
  /** Most processor time that this process used between two turns of its event loop. */
  turnCpuMs: number;
  result: T;
}

const RESOLUTION_MS = 5;

/** Watches the event loop of this process while something is done. */
export async function watchEventLoop<T>(work: () => Promise<T>): Promise<EventLoopWatch<T>> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const turns = countTurns();
  delays.enable();
  try {
    const result = await work();
    // What stood still last is counted at the next turn.
    await new Promise((resolve) => setTimeout(resolve, 2 * RESOLUTION_MS));
    return { delayMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS), turnCpuMs: turns.mostCpuMs(), result };
  } finally {
    delays.disable();
    turns.stop();
  }
}

function countTurns() {
  let most = 0;
  let last = process.cpuUsage();
  let isWatching = true;
  const turn = (): void => {
    const { user, system } = process.cpuUsage(last);
    most = Math.max(most, (user + system) / 1_000);
    last = process.cpuUsage();
    if (isWatching) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    mostCpuMs: () => most,
    stop: () => {
      isWatching = false;
    },
  };
}
