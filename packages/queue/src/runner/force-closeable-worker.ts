import { type RedisQueueBackend, Worker } from 'bullmq';
import type { OperationJobData } from '../queues.js';

/** What BullMQ's worker has and its types hide. */
interface MainLoop {
  mainLoopQueue: { add(promise: Promise<undefined>): void } | null;
}

/**
 * BullMQ's worker, with an end that does not depend on Redis. Its own `close(true)` does nothing once `close()` was
 * called, and `close()` waits for answers without a limit.
 */
export class ForceCloseableWorker extends Worker<OperationJobData, unknown, string, RedisQueueBackend> {
  /**
   * Changes how many jobs it may hold at once, now. BullMQ's own setter is read after the next job has ended: its loop
   * sleeps until then.
   */
  setLimit(jobs: number): void {
    const isMore = jobs > this.concurrency;
    this.concurrency = Math.max(1, jobs);
    if (isMore) (this as unknown as MainLoop).mainLoopQueue?.add(Promise.resolve(undefined));
  }

  /** Renews no lock any more and drops the connections. Only after `close()` was called and did not come to its end. */
  async drop(): Promise<void> {
    await this.lockManager.close();
    await this.backend.close(true);
  }
}
