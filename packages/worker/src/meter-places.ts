import type { OperationWorker } from '@luma-sync/queue';
import type { Metrics } from '@luma-sync/runtime';
import type { KeySpeeds } from './key-speeds.js';

/** Shows how the places of this worker are used, and which keys are slow. */
export function meterPlaces(
  metrics: Metrics,
  worker: Pick<OperationWorker, 'activeRuns' | 'waitingJobs'>,
  speeds: Pick<KeySpeeds, 'slowOnes'>,
): void {
  metrics.gauge({
    name: 'worker_running',
    help: 'Operations that run now',
    read: (gauge) => gauge.set(worker.activeRuns),
  });
  metrics.gauge({
    name: 'worker_waiting_for_place',
    help: 'Fetched jobs whose key has no free place',
    read: (gauge) => gauge.set(worker.waitingJobs),
  });
  metrics.gauge({
    name: 'luma_slow_keys',
    help: 'Keys whose answers take long; each has one place',
    labels: ['account'],
    read: (gauge) => {
      gauge.reset();
      for (const account of speeds.slowOnes()) gauge.set({ account }, 1);
    },
  });
}
