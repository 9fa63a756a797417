import { expect, it } from '@jest/globals';
import { joinMetrics } from './join-metrics.js';
import { createMetrics } from './metrics.js';

it('shows the figures of all apps at one address, each metric once, and those of the process once', async () => {
  const [ingress, relay, worker] = ['ingress', 'relay', 'event-worker'].map((app) => createMetrics({ app }));
  if (!ingress || !relay || !worker) throw new Error('three apps were made');
  for (const [metrics, count] of [
    [relay, 2],
    [worker, 3],
  ] as const)
    metrics.counter({ name: 'runs_total', help: 'Runs', labels: ['job'] }).inc({ job: 'event.push' }, count);
  const { contentType, body } = await joinMetrics(ingress, [relay, worker]).render();
  expect(contentType).toBe((await ingress.render()).contentType);
  expect(body.match(/^# HELP luma_sync_runs_total/gm)).toHaveLength(1);
  expect(body.match(/^luma_sync_runs_total\{.*$/gm)?.sort()).toEqual([
    'luma_sync_runs_total{job="event.push",app="event-worker"} 3',
    'luma_sync_runs_total{job="event.push",app="relay"} 2',
  ]);
  expect(body.match(/^process_cpu_user_seconds_total\{.*$/gm)).toEqual([expect.stringContaining('app="ingress"')]);
});
