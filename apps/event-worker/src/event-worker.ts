import { jobsOf } from '@luma-sync/jobs';
import { bindHandlers } from '@luma-sync/sync';
import type { WorkerApp } from '@luma-sync/worker';

/** Events in both directions, and everything Luma's webhooks tell. */
export const eventWorker: WorkerApp = {
  name: 'event-worker',
  queue: 'events',
  handlers: (parts) => bindHandlers(jobsOf('events'), parts),
};
