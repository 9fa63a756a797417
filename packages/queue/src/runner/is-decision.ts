import type { RunResult } from './run-result.js';

/** Ends of runs that decided nothing: told to stop, held up by another run, or without Postgres. */
const UNDECIDED = new Set(['lease', 'lease.busy', 'operation.interrupted', 'operation.stuck', 'store.unavailable']);

/** Whether a run came to a decision of its own: it ended, or waits for something that is not its worker. */
export const isDecision = (result: RunResult): boolean => result.kind !== 'delayed' || !UNDECIDED.has(result.reason);
