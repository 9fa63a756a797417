import { jobsOf } from '@luma-sync/jobs';
import { bindHandlers } from '@luma-sync/sync';
import type { WorkerApp } from '@luma-sync/worker';

/** Finds what changed at Luma without a webhook. */
export const driftWorker: WorkerApp = {
  name: 'drift-worker',
  queue: 'drift',
  handlers: (parts) => bindHandlers(jobsOf('drift'), parts),
};
