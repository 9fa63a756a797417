import { findDefinition, type QueueName } from '@luma-sync/jobs';
import {
  addJobs,
  inspectJobs,
  type JobPresence,
  promoteJob,
  type Queues,
  type RedisConnection,
  toJobId,
} from '@luma-sync/queue';
import { claimDueOperations, countDispatches, type Database, type DueOperation, releaseClaims } from '@luma-sync/store';

export interface DispatcherDeps {
  db: Database;
  redis: RedisConnection;
  queues: Queues;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Operations taken in one round; small enough that a relay which dies holds up few. */
const BATCH = 500;
/** When Redis does not take jobs, or a job is of a newer version: look again after this. */
const REDIS_AWAY_MS = 1_000;
const UNKNOWN_JOB_MS = 60_000;

export interface Dispatched {
  /** Operations looked at. */
  claimed: number;
  added: number;
}

/**
 * One round: every due operation that has no living job gets one. Safe at any point of a crash and with any number of relays: a job too many
 * finds its operation taken, and a job too few is made in a later round.
 */
export async function dispatchDue({ db, redis, queues, log }: DispatcherDeps): Promise<Dispatched> {
  const due = await claimDueOperations(db, BATCH);
  const result: Dispatched = { claimed: due.length, added: 0 };
  const { byQueue, unknown } = groupByQueue(due);
  if (unknown.length > 0) {
    log.warn(
      { jobs: [...new Set(unknown.map((operation) => operation.job))] },
      'operations of jobs this version does not know are left alone',
    );
    await releaseClaims(db, idsOf(unknown), UNKNOWN_JOB_MS);
  }
  for (const [name, operations] of byQueue) {
    try {
      const needy = await findNeedy(operations, queues[name], redis);
      if (needy.length === 0) continue;
      const dispatches = await countDispatches(db, idsOf(needy));
      const jobs = needy.map(({ id, job, priority }) => ({
        operationId: id,
        job,
        priority,
        dispatches: dispatches.get(id) ?? 1,
      }));
      await addJobs(queues[name], jobs);
      result.added += jobs.length;
    } catch (error) {
      log.warn(
        { queue: name, operations: operations.length, reason: error instanceof Error ? error.message : 'unknown' },
        'Redis takes no jobs; they stay due',
      );
      await releaseClaims(db, idsOf(operations), REDIS_AWAY_MS);
    }
  }
  return result;
}

function groupByQueue(due: readonly DueOperation[]): {
  byQueue: Map<QueueName, DueOperation[]>;
  unknown: DueOperation[];
} {
  const byQueue = new Map<QueueName, DueOperation[]>();
  const unknown: DueOperation[] = [];
  for (const operation of due) {
    const queue = findDefinition(operation.job)?.queue;
    if (queue === undefined) unknown.push(operation);
    else byQueue.set(queue, [...(byQueue.get(queue) ?? []), operation]);
  }
  return { byQueue, unknown };
}

/** Operations for which no job waits or runs. A job that sleeps although its operation is due is woken. */
async function findNeedy(
  operations: readonly DueOperation[],
  queue: Queues[QueueName],
  redis: RedisConnection,
): Promise<DueOperation[]> {
  const dispatched = operations.filter((operation) => operation.dispatches > 0);
  const jobIdOf = ({ id, dispatches }: DueOperation) => toJobId(id, dispatches);
  const presence: Map<string, JobPresence> =
    dispatched.length === 0 ? new Map() : await inspectJobs(redis, queue, dispatched.map(jobIdOf));
  const needy: DueOperation[] = [];
  for (const operation of operations) {
    const state = operation.dispatches === 0 ? 'missing' : presence.get(jobIdOf(operation));
    if (state === 'delayed' && operation.state === 'queued') await promoteJob(queue, jobIdOf(operation));
    else if (state === 'missing' || state === 'finished') needy.push(operation);
  }
  return needy;
}

function idsOf(operations: readonly DueOperation[]): string[] {
  return operations.map(({ id }) => id);
}
