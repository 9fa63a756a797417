import pTimeout from 'p-timeout';
import type { RedisConnection } from './connection.js';
import type { OperationQueue } from './queues.js';

/**
 * A job of one operation. The count keeps ids apart: a finished job that is still kept would swallow a new one of its
 * id.
 */
export function toJobId(operationId: string, dispatches: number): string {
  return `${operationId}-${dispatches}`;
}

/** Jobs without a priority are taken before all that have one. */
export const BEFORE_ALL = 0;

/**
 * Jobs of one priority are taken by turns: the first of each key before the second of any. What a calendar sends now is
 * not behind all that another one has waiting.
 */
const TURNS = 16;

/** BullMQ's priority of a job. */
const toJobPriority = (priority: number, turn: number): number =>
  priority === BEFORE_ALL ? BEFORE_ALL : priority * TURNS + Math.min(turn, TURNS - 1);

/** Our priority again, from BullMQ's. */
export const toPriority = (jobPriority: number): number => Math.floor(jobPriority / TURNS);

/** BullMQ's priorities of all jobs that have this one of ours. */
export const toJobPriorities = (priority: number): number[] =>
  Array.from({ length: TURNS }, (_, turn) => priority * TURNS + turn);

export interface JobToAdd {
  operationId: string;
  job: string;
  /** From 1, the first to be taken; or {@link BEFORE_ALL}. */
  priority: number;
  dispatches: number;
  /** How many of its key wait before it, and itself. Default 0: before all of its priority. */
  turn?: number;
  /** See {@link OperationJobData.key}. */
  key?: string | null;
}

/**
 * BullMQ waits without an end for a Redis that was away when the process started; a connection that once stood fails
 * sooner by itself.
 */
const ADD_LIMIT_MS = 5_000;

/** @throws whatever Redis answers or does not, within 5 s; nothing is known then about which jobs were added. */
export async function addJobs(queue: OperationQueue, jobs: readonly JobToAdd[]): Promise<void> {
  const bulk = jobs.map(({ operationId, job, priority, dispatches, turn = 0, key }) => ({
    name: job,
    data: key == null ? { operationId } : { operationId, key },
    opts: { jobId: toJobId(operationId, dispatches), priority: toJobPriority(priority, turn) },
  }));
  await pTimeout(queue.addBulk(bulk), { milliseconds: ADD_LIMIT_MS, message: 'adding jobs took too long' });
}

/**
 * What became of a job: `live` waits for a worker or is with one, `delayed` waits for its time, `finished` is kept only
 * to be looked at, `missing` was lost (Redis emptied) or trimmed.
 */
export type JobPresence = 'live' | 'delayed' | 'finished' | 'missing';

/** Looks at many jobs in one round trip. */
export async function inspectJobs(
  connection: RedisConnection,
  queue: OperationQueue,
  jobIds: readonly string[],
): Promise<Map<string, JobPresence>> {
  const pipeline = connection.pipeline();
  for (const id of jobIds) {
    pipeline.hmget(queue.toKey(id), 'timestamp', 'finishedOn');
    pipeline.zscore(queue.toKey('delayed'), id);
  }
  const answers = (await pipeline.exec()) ?? [];
  const presence = new Map<string, JobPresence>();
  jobIds.forEach((id, index) => {
    const [hashError, hash] = answers[index * 2] ?? [new Error('no answer'), null];
    const [delayError, delay] = answers[index * 2 + 1] ?? [new Error('no answer'), null];
    if (hashError !== null || delayError !== null) throw hashError ?? delayError;
    const [timestamp, finishedOn] = hash as [string | null, string | null];
    presence.set(
      id,
      timestamp === null ? 'missing' : finishedOn !== null ? 'finished' : delay !== null ? 'delayed' : 'live',
    );
  });
  return presence;
}

/** Wakes a delayed job now. A job that moved on meanwhile is left alone. */
export async function promoteJob(queue: OperationQueue, jobId: string): Promise<void> {
  const job = await queue.getJob(jobId);
  // The job may have been picked up or removed between the look and the wake: both are what we wanted.
  await job?.promote().catch(() => {});
}
