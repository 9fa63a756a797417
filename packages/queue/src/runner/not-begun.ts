import type { Verdict } from '@luma-sync/jobs';
import type { RunResult } from './run-result.js';

/**
 * For how many tries a job keeps its place while Postgres is away. Given back at once, each would make room for the
 * next, and in seconds the whole backlog would have lost its order.
 */
const TRIES_IN_OUTAGE = 60;
/** An error that no boundary knows may be an outage as well. It must not hold a place of the worker for long. */
const TRIES_OTHERWISE = 5;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a job names an operation at all. Anybody who can write to Redis can add a job. */
export const isOperationId = (id: unknown): id is string => typeof id === 'string' && UUID.test(id);

/** How a job ends that names none: at once, since no later try can find it. */
export const NOT_AN_OPERATION: RunResult = {
  kind: 'failed',
  code: 'operation.invalid_job',
  message: 'the job does not carry the id of an operation',
};

/**
 * Decides about a job whose operation could not be begun or ended in Postgres.
 *
 * @param tries Tries before this one.
 * @returns null: try again after `retryMs`.
 */
export function whenNotBegun(
  { code, verdict }: { code: string; verdict: Verdict },
  tries: number,
  retryMs: number,
): RunResult | null {
  const message = `the operation could not be read or stored in Postgres, after ${tries + 1} tries`;
  if (verdict === 'fail') return { kind: 'failed', code, message };
  if (code !== 'store.unavailable') return tries + 1 >= TRIES_OTHERWISE ? { kind: 'failed', code, message } : null;
  if (tries < TRIES_IN_OUTAGE) return null;
  return { kind: 'delayed', until: new Date(Date.now() + retryMs), reason: code, isBeforeAll: true };
}
