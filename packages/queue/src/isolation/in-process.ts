import type { RunDeps } from '../runner/current-run.js';
import { runOperation } from '../runner/run-operation.js';
import type { AloneRunner } from './lane.js';

/**
 * Runs isolated operations in this very process: for workers that have no program of their own to start, as in tests.
 */
export function runInThisProcess(deps: Omit<RunDeps, 'shutdown'>): AloneRunner {
  const shutdown = new AbortController();
  return {
    isReady: true,
    prepare: async () => null,
    run: async ({ id, owner }) => {
      try {
        return {
          kind: 'ended',
          result: await runOperation(id, owner, { ...deps, isAlone: true, shutdown: shutdown.signal }),
        };
      } catch (error) {
        return { kind: 'not-run', how: error instanceof Error ? error.name : typeof error };
      }
    },
    close: async () => shutdown.abort(new Error('the worker is shutting down')),
  };
}
