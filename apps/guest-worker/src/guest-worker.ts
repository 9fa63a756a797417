import { jobsOf } from '@luma-sync/jobs';
import { bindHandlers } from '@luma-sync/sync';
import type { WorkerApp } from '@luma-sync/worker';

/** Guests in both directions. */
export const guestWorker: WorkerApp = {
  name: 'guest-worker',
  queue: 'guests',
  handlers: (parts) => bindHandlers(jobsOf('guests'), parts),
};
