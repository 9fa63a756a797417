import { backoffMs } from '../backoff.js';
import type { JobDefinition } from '../define-job.js';
import { type JobError, RetryAfterError } from '../errors.js';
import { slowRetryMs } from '../slow-retry.js';
import type { ClaimedOperation, Failure } from './claimed-operation.js';

/*
 * What follows when a run ends without an outcome. These functions are the one place that decides it: the runner
 * carries the decision out, the timeline shows it, and the simulation plays it.
 */

/** The operation waits in its queue and runs again after `waitMs`. */
export interface Requeue {
  waitMs: number;
  /** True for a `retry` verdict. */
  usesAttempt: boolean;
  /** Why it waits, as the operator reads it; a failure's code for a retry. */
  reason: string;
  /** Absent when the run was interrupted, which is no failure. */
  error?: Failure;
  /** From now on it runs alone. */
  isolate?: boolean;
  /** The deadline of the run (`deadlineOfRun`). The stored deadline is never moved forward to it. */
  deadlineAt?: Date;
}

/** Given up for now: a slow retry comes after `waitMs`, with all attempts and a new deadline. */
export interface Park extends Failure {
  waitMs: number;
  deadlineMs: number;
  /** From now on it runs alone. */
  isolate: boolean;
}

export type RunEnd =
  | ({ kind: 'requeue' } & Requeue)
  | ({ kind: 'park' } & Park)
  /** A dead letter. */
  | ({ kind: 'give-up' } & Failure);

/** The columns of an operation that decide. */
export type DecidingOperation = Pick<ClaimedOperation, 'attempts' | 'crashes' | 'slowTries' | 'deadlineAt'>;
/** The settings of a job that decide. */
export type DecidingDefinition = Pick<JobDefinition, 'attempts' | 'backoff' | 'reconciles' | 'deadlineMs'>;

/** What a decision depends on beside the operation: given to it, so that the same run always ends the same way. */
export interface Moment {
  now: Date;
  /** From 0 up to 1, for the backoff. */
  random: () => number;
}

/** A shutdown or a lost lease ended the run, through no fault of the operation. */
export const INTERRUPTED: Requeue = { waitMs: 0, usesAttempt: false, reason: 'operation.interrupted' };

/** After a slow retry one death is enough. */
const CRASHES_MAX_OF_SLOW_RETRY = 1;

/**
 * Whether a claimed operation is given up before its handler is called.
 *
 * @param crashesMax Deaths of a process in which the operation ran alone, before it is given up or parked.
 * @returns null when it runs.
 */
export function decideRunStart(
  operation: DecidingOperation,
  definition: DecidingDefinition,
  { crashesMax, now }: { crashesMax: number; now: Date },
): RunEnd | null {
  const { crashes, slowTries, deadlineAt } = operation;
  if (crashes >= (slowTries > 0 ? CRASHES_MAX_OF_SLOW_RETRY : crashesMax)) {
    const times = crashes === 1 ? 'once more' : `${crashes} times`;
    return giveUp(operation, definition, {
      code: 'operation.crashed',
      message: `its process died ${times} while it ran alone`,
    });
  }
  // What reconciles state is tried, however late: `deadlineOfRun` renews its deadline.
  if (definition.reconciles || deadlineAt.getTime() > now.getTime()) return null;
  return pastDeadline(operation, definition);
}

/**
 * The deadline that holds for a run. After a long outage the stored one may be past: an operation that reconciles state
 * then gets its whole time again, or its first wait would end it.
 */
export function deadlineOfRun(
  { deadlineAt }: Pick<DecidingOperation, 'deadlineAt'>,
  { reconciles, deadlineMs }: Pick<DecidingDefinition, 'reconciles' | 'deadlineMs'>,
  now: Date,
): Date {
  const isLate = deadlineAt.getTime() <= now.getTime();
  return reconciles && isLate ? new Date(now.getTime() + deadlineMs) : deadlineAt;
}

/** What follows an error that a run ended with. */
export function decideRunEnd(
  operation: DecidingOperation,
  definition: DecidingDefinition,
  error: JobError,
  { now, random }: Moment,
): RunEnd {
  const failure = { code: error.code, message: error.message };
  if (error instanceof RetryAfterError) {
    const wait = { waitMs: error.waitMs, usesAttempt: false, reason: error.code, error: failure };
    return decideRequeue(operation, definition, wait, now);
  }
  if (error.verdict === 'fail') return { kind: 'give-up', ...failure };
  const attempt = operation.attempts + 1;
  // A slow retry is one attempt.
  if (attempt >= definition.attempts || operation.slowTries > 0)
    return giveUp(operation, definition, {
      code: error.code,
      message: `${error.message} (attempt ${attempt}, the last)`,
    });
  const waitMs = backoffMs(definition.backoff, attempt, random());
  return decideRequeue(operation, definition, { waitMs, usesAttempt: true, reason: error.code, error: failure }, now);
}

/** Puts the operation back, unless its deadline would pass meanwhile. */
export function decideRequeue(
  operation: DecidingOperation,
  definition: DecidingDefinition,
  back: Requeue,
  now: Date,
): RunEnd {
  const isLate = now.getTime() + back.waitMs >= operation.deadlineAt.getTime();
  if (isLate) return pastDeadline(operation, definition, back.error);
  return { kind: 'requeue', ...back, deadlineAt: operation.deadlineAt };
}

/** These say that a run harms its process: its slow retries run alone. Others may wait for one outage in thousands. */
const RUNS_ALONE: ReadonlySet<string> = new Set([
  'operation.blocked',
  'operation.crashed',
  'operation.run_limit',
  'operation.stuck',
]);

/**
 * Given up by deaths, attempts or its deadline. An operation that reconciles state is tried again later, and for ever;
 * any other one is a dead letter.
 */
function giveUp(
  { slowTries }: Pick<DecidingOperation, 'slowTries'>,
  { reconciles, deadlineMs }: Pick<DecidingDefinition, 'reconciles' | 'deadlineMs'>,
  failure: Failure,
): RunEnd {
  if (!reconciles) return { kind: 'give-up', ...failure };
  return {
    kind: 'park',
    ...failure,
    waitMs: slowRetryMs(slowTries),
    deadlineMs,
    isolate: RUNS_ALONE.has(failure.code),
  };
}

function pastDeadline(operation: DecidingOperation, definition: DecidingDefinition, last?: Failure): RunEnd {
  const why = last === undefined ? '' : `; last: ${last.code}: ${last.message}`;
  const message = `not done within its time limit, waits included${why}`;
  return giveUp(operation, definition, { code: 'operation.deadline', message });
}
