import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import pTimeout from 'p-timeout';
import type { RedisConnection } from './connection.js';
import { DEFAULT_PREFIX, SCHEDULE_QUEUE } from './queue-names.js';

/** A schedule as operators see it in the queue board. */
export interface ScheduleDefinition {
  /** `calendars.pull` */
  name: string;
  /** Cron pattern, UTC. */
  pattern: string;
  /** The next moment it names, by the one clock that all relays go by. */
  nextAt: Date;
}

export interface ScheduleTick {
  name: string;
}

export interface ScheduleQueueOptions {
  /** `failing` manner. */
  producer: RedisConnection;
  /** `waiting` manner. */
  consumer: RedisConnection;
  prefix?: string;
  onTick: (name: string) => Promise<void>;
  onError: (error: Error) => void;
  /** How far a scheduler may be from the next moment of its pattern before it is made anew. Default one minute. */
  toleranceMs?: number;
}

/** How long one relay may take to restore the schedulers before another may try. */
const RESTORE_LOCK_MS = 10_000;
const TOLERANCE_MS = 60_000;

/**
 * Only the holder gives the lock back: it may have run out, or been lost with all of Redis, and be another one's by
 * now.
 */
const RELEASE_LOCK = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

/** BullMQ's job schedulers for our schedules, and the consumer of their ticks. */
export class ScheduleQueue {
  readonly queue: Queue<ScheduleTick>;
  private readonly worker: Worker<ScheduleTick>;
  private readonly lockKey: string;

  constructor(private readonly options: ScheduleQueueOptions) {
    const prefix = options.prefix ?? DEFAULT_PREFIX;
    this.lockKey = `${prefix}:schedules-restoring`;
    this.queue = new Queue<ScheduleTick>(SCHEDULE_QUEUE, {
      connection: options.producer,
      prefix,
      // As in openQueue: a first question that failed would be remembered for ever.
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: {
        attempts: 3,
        backoff: { type: 'exponential', delay: 1_000 },
        removeOnComplete: { count: 100 },
        removeOnFail: { count: 100 },
      },
    });
    this.queue.on('error', options.onError);
    this.worker = new Worker<ScheduleTick>(SCHEDULE_QUEUE, (job) => options.onTick(job.data.name), {
      connection: options.consumer,
      prefix,
      lockDuration: 5_000,
      stalledInterval: 2_000,
      maxStalledCount: 1_000_000,
      autorun: false,
    });
    this.worker.on('error', options.onError);
  }

  start(): void {
    void this.worker
      .run()
      .catch((error: unknown) => this.options.onError(error instanceof Error ? error : new Error(String(error))));
  }

  /**
   * Makes the schedulers in Redis equal to `schedules`: adds missing ones, changes changed ones, removes those no
   * longer configured. One that has stopped, or sleeps past its next moment since it was set by a clock that was wrong,
   * is made anew: two processes that upsert one scheduler at once have stopped it, and the lock that keeps them apart
   * can be lost.
   *
   * @param now By the clock that `nextAt` goes by.
   * @returns how many were changed; 0 when all was well or another process is at it.
   */
  restore(schedules: readonly ScheduleDefinition[], now: Date): Promise<number> {
    return pTimeout(this.restoreNow(schedules, now), {
      milliseconds: RESTORE_LOCK_MS,
      message: 'restoring the schedulers took too long',
    });
  }

  private async restoreNow(schedules: readonly ScheduleDefinition[], now: Date): Promise<number> {
    const holder = randomUUID();
    const got = await this.options.producer.set(this.lockKey, holder, 'PX', RESTORE_LOCK_MS, 'NX');
    if (got !== 'OK') return 0;
    try {
      const present = new Map((await this.queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
      let changed = 0;
      for (const schedule of schedules) {
        const { name, pattern } = schedule;
        if (!this.isSound(present.get(name), schedule, now)) {
          await this.queue.upsertJobScheduler(name, { pattern, tz: 'UTC' }, { name, data: { name } });
          changed += 1;
        }
        present.delete(name);
      }
      for (const gone of present.keys()) {
        await this.queue.removeJobScheduler(gone);
        changed += 1;
      }
      return changed;
    } finally {
      await this.options.producer.eval(RELEASE_LOCK, 1, this.lockKey, holder).catch(() => {});
    }
  }

  private isSound(
    found: { pattern?: string; next?: number } | undefined,
    { pattern, nextAt }: ScheduleDefinition,
    now: Date,
  ): boolean {
    if (found?.pattern !== pattern || found.next === undefined) return false;
    const toleranceMs = this.options.toleranceMs ?? TOLERANCE_MS;
    const isStopped = found.next < now.getTime() - toleranceMs;
    const isAhead = found.next > nextAt.getTime() + toleranceMs;
    return !isStopped && !isAhead;
  }

  async close(): Promise<void> {
    await this.worker.close().catch(() => {});
    await this.queue.close().catch(() => {});
  }
}
