import type { RunIdentity, RunResult } from '@luma-sync/queue';

/**
 * Names the argument with which an app's program is started to run isolated operations; the worker app's name follows
 * it.
 */
export const ALONE_ARGUMENT = '--run-alone';

export type ToChild = { kind: 'run'; run: RunIdentity };

export type FromChild =
  | { kind: 'ready' }
  | { kind: 'ended'; id: string; result: RunResult }
  /** Postgres was away before the run began. */
  | { kind: 'not-run'; id: string; how: string };
