import { setTimeout as pause } from 'node:timers/promises';
import type { RunDeps } from './current-run.js';

/**
 * About ten minutes in all. Without Postgres nothing else could be run in the place this holds, and an ending that is
 * never told is taken for the death of the process.
 */
const STORE_TRIES_MAX = 125;

/**
 * Postgres may be away just when a run ends. The run is over then, and alive: its ending is stored as soon as that can
 * be.
 *
 * @param write Is given the number of the try: an earlier one may have been committed although no answer came.
 */
export async function whenStored<T>(deps: RunDeps, write: (tries: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write(tries);
    } catch (error) {
      if (tries === STORE_TRIES_MAX || deps.shutdown.aborted || !isStoreAway(deps, error)) throw error;
      await pause(Math.min(250 * 2 ** tries, 5_000), undefined, { signal: deps.shutdown }).catch(() => {});
    }
  }
}

export const isStoreAway = ({ classify }: RunDeps, error: unknown): boolean =>
  classify(error).code === 'store.unavailable';
