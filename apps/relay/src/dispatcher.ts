import { catalog, PRIORITY, type QueueName } from '@luma-sync/jobs';
import {
  addJobs,
  BEFORE_ALL,
  inspectJobs,
  measureQueue,
  promoteJob,
  QUEUE_NAMES,
  type Queues,
  type RedisConnection,
  type RedisTrouble,
  toJobId,
  toRedisTrouble,
  trimDelayed,
} from '@luma-sync/queue';
import {
  claimForDispatch,
  claimForLook,
  type Database,
  type DispatchRoom,
  markUndispatched,
  type OperationToDispatch,
  type OperationToLookAt,
} from '@luma-sync/store';

export interface DispatcherDeps {
  db: Database;
  redis: RedisConnection;
  queues: Queues;
  /** Jobs of one queue and priority that wait for a worker at once, at most; the backlog stays in Postgres. */
  windowMax: number;
  /** Of these, jobs of one calendar; see `claimForDispatch`. */
  perCalendarMax: number;
}

/**
 * Operations taken in one round, of one queue and priority, and looked at again: few enough that a relay which dies
 * holds up few.
 */
const DISPATCH_BATCH = 250;
const LOOK_BATCH = 500;
/** When Redis does not take a job: its operation is due again after this. */
const REFUSED_MS = 1_000;

const PRIORITIES: readonly number[] = Object.values(PRIORITY);
const JOBS_OF_QUEUE = new Map<QueueName, string[]>(
  QUEUE_NAMES.map((name) => [
    name,
    Object.values(catalog).flatMap((definition) => (definition.queue === name ? [definition.name] : [])),
  ]),
);
const QUEUE_OF_JOB = new Map([...JOBS_OF_QUEUE].flatMap(([queue, jobs]) => jobs.map((job) => [job, queue] as const)));

export interface Dispatched {
  /** Operations looked at. */
  claimed: number;
  added: number;
  /** Delayed jobs given back to Postgres. */
  trimmed: number;
  /** Why Redis took not all of it; null when it did. */
  trouble: RedisTrouble | null;
}

/**
 * One round: due operations without a living job get one, as far as there is room in their queue, those that people
 * wait for first. Safe at any point of a crash and with any number of relays: a job too many finds its operation taken,
 * and a job too few is made in a later round.
 */
export async function dispatchDue(deps: DispatcherDeps): Promise<Dispatched> {
  const result: Dispatched = { claimed: 0, added: 0, trimmed: 0, trouble: null };
  // Before anything is claimed: while Redis is away the rows are left as they are.
  const rooms = await Promise.all(QUEUE_NAMES.map((name) => makeRoom(name, deps, result)));
  if (rooms.every((room) => room === null)) return result;
  await lookAfterLate(deps, result);
  const due = await claimForDispatch(
    deps.db,
    rooms.flatMap((room) => room ?? []),
    { perCalendar: deps.perCalendarMax },
  );
  result.claimed += due.length;
  for (const [name, operations] of groupByQueue(due)) {
    try {
      await addJobs(
        deps.queues[name],
        operations.map(({ id, job, state, priority, dispatches, key, turn }) => ({
          operationId: id,
          job,
          // It had its turn, and was interrupted: it does not wait behind the whole backlog once more.
          priority: state === 'running' ? BEFORE_ALL : priority,
          dispatches,
          key,
          turn,
        })),
      );
      result.added += operations.length;
    } catch (error) {
      result.trouble = toRedisTrouble(error);
      await markUndispatched(deps.db, idsOf(operations), REFUSED_MS);
    }
  }
  return result;
}

/** @returns null when Redis cannot be asked about the queue. */
async function makeRoom(name: QueueName, deps: DispatcherDeps, result: Dispatched): Promise<DispatchRoom[] | null> {
  const queue = deps.queues[name];
  try {
    const { waiting, delayed } = await measureQueue(queue, PRIORITIES);
    // Delayed jobs left the window when they were taken: without a bound of their own, work that waits for a paused
    // calendar would fill Redis.
    result.trimmed += await trimDelayed(queue, { delayed, keep: deps.windowMax });
    const jobs = JOBS_OF_QUEUE.get(name) ?? [];
    // Each class has room of its own, so that bulk work which is in Redis already is in nobody's way.
    return PRIORITIES.map((priority) => {
      const room = Math.min(deps.windowMax - (waiting.get(priority) ?? 0), DISPATCH_BATCH);
      return { jobs, priority, room };
    });
  } catch (error) {
    result.trouble = toRedisTrouble(error);
    return null;
  }
}

/** An operation whose job is late may have lost it, or its job sleeps although it is due. */
async function lookAfterLate({ db, redis, queues }: DispatcherDeps, result: Dispatched): Promise<void> {
  const late = await claimForLook(db, LOOK_BATCH);
  result.claimed += late.length;
  for (const [name, operations] of groupByQueue(late)) {
    try {
      const lost = await findLost(operations, queues[name], redis);
      if (lost.length > 0) await markUndispatched(db, lost);
    } catch (error) {
      // They are looked at again when their claim has run out.
      result.trouble = toRedisTrouble(error);
    }
  }
}

/** @returns ids of operations for which no job waits or runs. */
async function findLost(
  operations: readonly OperationToLookAt[],
  queue: Queues[QueueName],
  redis: RedisConnection,
): Promise<string[]> {
  const presence = await inspectJobs(
    redis,
    queue,
    operations.map(({ id, dispatches }) => toJobId(id, dispatches)),
  );
  const lost: string[] = [];
  for (const { id, dispatches, state } of operations) {
    const jobId = toJobId(id, dispatches);
    const found = presence.get(jobId);
    if (found === 'delayed' && state === 'queued') await promoteJob(queue, jobId);
    else if (found === 'missing' || found === 'finished') lost.push(id);
  }
  return lost;
}

function groupByQueue<O extends OperationToDispatch | OperationToLookAt>(
  operations: readonly O[],
): Map<QueueName, O[]> {
  const byQueue = new Map<QueueName, O[]>();
  for (const operation of operations) {
    const queue = QUEUE_OF_JOB.get(operation.job);
    if (queue !== undefined) byQueue.set(queue, [...(byQueue.get(queue) ?? []), operation]);
  }
  return byQueue;
}

/** What a version knows; rows of others wait for the version that knows them. */
export const KNOWN_WORK = { jobs: [...QUEUE_OF_JOB.keys()], priorities: PRIORITIES };

function idsOf(operations: readonly { id: string }[]): string[] {
  return operations.map(({ id }) => id);
}
