import { type JobDefinition, PRIORITY, type Priority } from '../define-job.js';
import type { Park, Requeue } from './run-end.js';

/*
 * How requests, runs and deaths change an operation. The in-memory store of the simulation calls these functions.
 * Postgres does the same in SQL (`packages/store/src/operations`). A table test holds each statement to its function
 * (`operation-transitions.integration.test.ts`), and one suite holds both stores
 * (`simulation/test/conformance/operations-cases.ts`). Isolation is not part of it, except where a request joins an
 * operation: these runs are alone in their process.
 */
export interface OperationState {
  state: 'queued' | 'running' | 'done' | 'failed';
  /** Requests that this operation serves. */
  requests: number;
  attempts: number;
  crashes: number;
  crashedAt: Date | null;
  slowTries: number;
  /** As `PRIORITY` numbers it: 1 is served first. */
  priority: number;
  runAfter: Date;
  deadlineAt: Date;
  checkpoint: unknown;
}

/** What kills its process does so within seconds. A death an hour after the last one has another cause. */
export const CRASH_MEMORY_MS = 3_600_000;

export interface OperationRequest {
  runAfter: Date;
  /** Default: the job's own. */
  priority?: Priority | undefined;
}

type Requested = Pick<JobDefinition, 'priority' | 'deadlineMs'>;

/** A new operation. */
export function queueOperation(definition: Requested, { runAfter, priority }: OperationRequest): OperationState {
  return {
    state: 'queued',
    requests: 1,
    attempts: 0,
    crashes: 0,
    crashedAt: null,
    slowTries: 0,
    priority: PRIORITY[priority ?? definition.priority],
    runAfter,
    deadlineAt: new Date(runAfter.getTime() + definition.deadlineMs),
    checkpoint: null,
  };
}

/** An isolated operation that killed its process runs again so long after its last death at the earliest. */
export const JOIN_AFTER_DEATH_MS = 60_000;

/**
 * Another request for the work of a queued operation: it is brought forward if need be, and its attempts start anew.
 *
 * @param queued `isolated`: it runs alone in a process, since it is suspected of killing it. Default false.
 */
export function joinOperation<S extends OperationState & { isolated?: boolean }>(
  queued: S,
  definition: Requested,
  request: OperationRequest,
): S {
  const asked = queueOperation(definition, request);
  const { isolated = false, crashedAt } = queued;
  const notBefore = isolated && crashedAt !== null ? crashedAt.getTime() + JOIN_AFTER_DEATH_MS : 0;
  return {
    ...queued,
    requests: queued.requests + 1,
    attempts: 0,
    priority: Math.min(queued.priority, asked.priority),
    runAfter: earlier(queued.runAfter, later(asked.runAfter, new Date(notBefore))),
    deadlineAt: later(queued.deadlineAt, asked.deadlineAt),
  };
}

/** A run begins. One that was running before died. */
export function beginOperationRun<S extends OperationState>(operation: S, now: Date): S {
  const { state, crashes, crashedAt } = operation;
  if (state !== 'running') return { ...operation, state: 'running' };
  const isForgotten = crashedAt !== null && now.getTime() - crashedAt.getTime() > CRASH_MEMORY_MS;
  return { ...operation, crashes: isForgotten ? 1 : crashes + 1, crashedAt: now };
}

/** A run died while a newer operation for the same work is running: the death counts for the newer one. */
export function inheritDeath<S extends OperationState>(newer: S, died: OperationState, now: Date): S {
  const { crashes, crashedAt } = beginOperationRun(died, now);
  return crashes > newer.crashes ? { ...newer, crashes, crashedAt } : newer;
}

/** A checkpoint further on shows that earlier deaths were not of its own making; the same place again shows nothing. */
export function moveCheckpoint<S extends OperationState>(operation: S, checkpoint: unknown, hasMoved: boolean): S {
  return { ...operation, checkpoint, ...(hasMoved ? { crashes: 0, slowTries: 0 } : {}) };
}

/** A running operation goes back to its queue. */
export function requeueOperationRun<S extends OperationState>(operation: S, back: Requeue, now: Date): S {
  return {
    ...operation,
    state: 'queued',
    attempts: operation.attempts + (back.usesAttempt ? 1 : 0),
    runAfter: new Date(now.getTime() + back.waitMs),
    deadlineAt: back.deadlineAt === undefined ? operation.deadlineAt : later(operation.deadlineAt, back.deadlineAt),
  };
}

/** A running operation waits for its next slow retry. */
export function parkOperationRun<S extends OperationState>(
  operation: S,
  { waitMs, deadlineMs }: Pick<Park, 'waitMs' | 'deadlineMs'>,
  now: Date,
): S {
  return {
    ...operation,
    state: 'queued',
    attempts: 0,
    crashes: 0,
    slowTries: operation.slowTries + 1,
    runAfter: new Date(now.getTime() + waitMs),
    deadlineAt: new Date(now.getTime() + waitMs + deadlineMs),
  };
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
