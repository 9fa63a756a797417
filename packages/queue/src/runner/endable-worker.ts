import { type RedisQueueBackend, Worker } from 'bullmq';
import type { OperationJobData } from '../queues.js';

/**
 * BullMQ's worker, with an end that does not depend on Redis. Its own `close(true)` does nothing once `close()` was called, and `close()` waits
 * for answers without a limit.
 */
export class EndableWorker extends Worker<OperationJobData, unknown, string, RedisQueueBackend> {
  /** Renews no lock any more and drops the connections. Only after `close()` was called and did not come to its end. */
  async drop(): Promise<void> {
    await this.lockManager.close();
    await this.backend.close(true);
  }
}
