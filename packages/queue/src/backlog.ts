import pTimeout from 'p-timeout';
import { toJobPriorities } from './dispatch.js';
import type { OperationQueue } from './queues.js';

/** What a queue holds in Redis; those that run are not counted, there are as many as workers have places. */
export interface QueueBacklog {
  /** Jobs that wait for a worker, by priority. */
  waiting: Map<number, number>;
  /** Jobs that wait for their time. */
  delayed: number;
}

/** BullMQ waits without an end for a Redis that was away when the process started. */
const LIMIT_MS = 5_000;

/** @throws whatever Redis answers or does not, within 5 s. */
export async function measureQueue(queue: OperationQueue, priorities: readonly number[]): Promise<QueueBacklog> {
  const all = priorities.flatMap(toJobPriorities);
  const measured = Promise.all([queue.getCountsPerPriority(all), queue.getJobCounts('delayed')]);
  const [counts, { delayed = 0 }] = await pTimeout(measured, {
    milliseconds: LIMIT_MS,
    message: 'counting jobs took too long',
  });
  const count = (priority: number): number =>
    toJobPriorities(priority).reduce((sum, jobPriority) => sum + (counts[String(jobPriority)] ?? 0), 0);
  return { waiting: new Map(priorities.map((priority) => [priority, count(priority)])), delayed };
}

/** Removed at once at most, so that one call stays short. */
const TRIM_MAX = 500;

/**
 * Removes the jobs that wait longest for their time, so that at most `keep` are left. Nothing is lost: their operations
 * say when they are due, and get a new job then. A job that is taken at this very moment stays.
 *
 * @returns how many were removed.
 */
export async function trimDelayed(
  queue: OperationQueue,
  { delayed, keep }: { delayed: number; keep: number },
): Promise<number> {
  const surplus = Math.min(delayed - keep, TRIM_MAX);
  if (surplus <= 0) return 0;
  const trimmed = removeLatest(queue, surplus);
  return pTimeout(trimmed, { milliseconds: LIMIT_MS, message: 'removing delayed jobs took too long' });
}

async function removeLatest(queue: OperationQueue, count: number): Promise<number> {
  // Descending: the latest come first.
  const jobs = await queue.getJobs(['delayed'], 0, count - 1, false);
  const removals = await Promise.allSettled(jobs.map((job) => queue.remove(job.id ?? '')));
  return removals.filter((removal) => removal.status === 'fulfilled' && removal.value === 1).length;
}
