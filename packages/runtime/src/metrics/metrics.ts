import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openConsole } from '../log/console-stream.js';

const prefix = 'luma_sync_';
/** Seconds. From a query on the same machine to a request that ran into its time limit. */
const durationBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Named<Label extends string> = { name: string; help: string; labels?: readonly Label[] };

/** The metrics of one process. Every name of ours begins with `luma_sync_`. */
export type Metrics = {
  registry: Registry;
  /** Of things that happened. By custom its name ends in `_total`. */
  counter<Label extends string = never>(options: Named<Label>): Counter<Label>;
  /** Of a state. `read` is asked each time somebody looks. */
  gauge<Label extends string = never>(
    options: Named<Label> & { read?: (gauge: Gauge<Label>) => void | Promise<void> },
  ): Gauge<Label>;
  /** Of durations in seconds, unless `buckets` says otherwise. By custom its name ends in the unit. */
  histogram<Label extends string = never>(options: Named<Label> & { buckets?: readonly number[] }): Histogram<Label>;
  /** What `/metrics` answers. */
  render(): Promise<{ contentType: string; body: string }>;
};

export function createMetrics({ app }: { app: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const common = <Label extends string>({ name, help, labels = [] }: Named<Label>) => ({
    name: `${prefix}${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  new Counter({
    ...common({ name: 'log_lines_dropped_total', help: 'Log lines of the process that standard output did not take' }),
    collect() {
      this.reset();
      this.inc(openConsole().droppedTotal);
    },
  });
  return {
    registry,
    counter: (options) => new Counter(common(options)),
    gauge: ({ read, ...options }) => {
      const gauge = new Gauge({
        ...common(options),
        async collect() {
          await read?.(gauge);
        },
      });
      return gauge;
    },
    histogram: ({ buckets = durationBuckets, ...options }) =>
      new Histogram({ ...common(options), buckets: [...buckets] }),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
