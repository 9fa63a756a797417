import type { QueueName } from '@luma-sync/jobs';
import { Queue } from 'bullmq';
import type { RedisConnection } from './connection.js';
import { DEFAULT_PREFIX } from './queue-names.js';

/** All a job carries: everything else is in the operation's row. */
export interface OperationJobData {
  operationId: string;
  /** The Luma account it works for: the worker's places are divided among these. Absent when it is not known. */
  key?: string;
}

export type OperationQueue = Queue<OperationJobData>;
export type Queues = Record<QueueName, OperationQueue>;

/** Finished jobs are kept for a look in the queue board only; history is in Postgres. */
const KEEP_DONE = { count: 500, age: 24 * 3_600 };
const KEEP_FAILED = { count: 1_000, age: 7 * 24 * 3_600 };

export function openQueue(name: string, connection: RedisConnection, prefix = DEFAULT_PREFIX): OperationQueue {
  const queue = new Queue<OperationJobData>(name, {
    connection,
    prefix,
    // BullMQ keeps the failure of its first question for ever: Redis gone at that moment, and the queue would take no
    // job until a restart.
    skipVersionCheck: true,
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: KEEP_DONE, removeOnFail: KEEP_FAILED, keepLogs: 50 },
  });
  queue.on('error', () => {});
  return queue;
}

export function openQueues(connection: RedisConnection, prefix = DEFAULT_PREFIX): Queues {
  const open = (name: QueueName) => openQueue(name, connection, prefix);
  return { events: open('events'), guests: open('guests'), drift: open('drift'), mail: open('mail') };
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(Object.values(queues).map((queue) => queue.close().catch(() => {})));
}
