import type { JobContext } from '@luma-sync/jobs';

/** Where an interrupted run of an operation goes on. */
export interface Checkpoints {
  /** @returns null for a first run; whatever a run of this or an earlier version wrote otherwise. */
  read(operationId: string): Promise<unknown>;
  /** @throws {RetryAfterError} `operation.lease_lost` */
  write(ctx: JobContext, checkpoint: object): Promise<void>;
}
