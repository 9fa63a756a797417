import type { RunDeps } from '@luma-sync/queue';
import type { Metrics } from '@luma-sync/runtime';

/** Counts runs by how they ended, and how long they took. */
export function meterRuns(metrics: Metrics): NonNullable<RunDeps['onRun']> {
  const runs = metrics.counter({
    name: 'operation_runs_total',
    help: 'Runs of operations by how they ended',
    labels: ['job', 'result', 'code'],
  });
  const durations = metrics.histogram({
    name: 'operation_run_seconds',
    help: 'Duration of runs, waits for the budget included',
    labels: ['job'],
  });
  return ({ job, result, code, durationMs }) => {
    runs.inc({ job, result, code: code ?? '' });
    durations.observe({ job }, durationMs / 1_000);
  };
}
