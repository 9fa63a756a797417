import type { Metrics } from '@luma-sync/runtime';
import { type Database, measureBacklog, measureIsolation } from '@luma-sync/store';

/** Shows how many operations are unfinished, and how many of them run alone or wait for a slow retry. */
export function meterOperations(metrics: Metrics, db: Database): void {
  metrics.gauge({
    name: 'operations_unfinished',
    help: 'Operations accepted and not finished',
    labels: ['state'],
    read: async (gauge) => {
      const { queued, running } = await measureBacklog(db);
      gauge.set({ state: 'queued' }, queued);
      gauge.set({ state: 'running' }, running);
    },
  });
  metrics.gauge({
    name: 'operations_set_apart',
    help: 'Operations that run alone (isolated), and those that wait for a slow retry (parked)',
    labels: ['kind'],
    read: async (gauge) => {
      const { isolated, parked } = await measureIsolation(db);
      gauge.set({ kind: 'isolated' }, isolated);
      gauge.set({ kind: 'parked' }, parked);
    },
  });
}

/** @returns what counts the operations that a due sweep made, by kind. */
export function meterDueSweep(metrics: Metrics): (counts: Record<string, number>) => void {
  const swept = metrics.counter({
    name: 'due_rows_swept_total',
    help: 'Operations made for due rows that had none, by kind',
    labels: ['kind'],
  });
  return (counts) => {
    for (const [kind, count] of Object.entries(counts)) swept.inc({ kind }, count);
  };
}
