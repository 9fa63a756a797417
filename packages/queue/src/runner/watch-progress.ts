import type { BoundHandler, HandlerRegistry, RunResult } from './run-operation.js';

/** The same handlers, telling of each progress that a run reports. */
export function watchProgress(handlers: HandlerRegistry, onProgress: () => void): HandlerRegistry {
  const watching =
    (handler: BoundHandler): BoundHandler =>
    (payload, ctx) =>
      handler(payload, {
        ...ctx,
        report: (progress) => {
          onProgress();
          return ctx.report(progress);
        },
      });
  return Object.fromEntries(Object.entries(handlers).map(([job, handler]) => [job, watching(handler)]));
}

/** Ends of runs that decided nothing: told to stop, held up by another run, or without Postgres. */
const UNDECIDED = new Set(['lease', 'lease.busy', 'operation.interrupted', 'operation.stuck', 'store.unavailable']);

/** Whether a run came to a decision of its own: it ended, or waits for something that is not its worker. */
export const isDecision = (result: RunResult): boolean => result.kind !== 'delayed' || !UNDECIDED.has(result.reason);
