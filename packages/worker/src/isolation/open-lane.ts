import { IsolatedLane, type LaneTimes, type RunDeps, runInThisProcess } from '@luma-sync/queue';
import type { Metrics } from '@luma-sync/runtime';
import { createIsolationLedger, type Database } from '@luma-sync/store';
import { ChildRunner } from './child-runner.js';

export interface LaneParts {
  app: string;
  processId: string;
  db: Database;
  deps: Omit<RunDeps, 'shutdown'>;
  metrics: Metrics;
  /** Child processes side by side, at most. */
  processes: number;
  /** The app's program; without one isolated operations run in this process. */
  main: string | undefined;
  times?: LaneTimes | undefined;
}

/** The lane in which a worker runs isolated operations of its queue. */
export function openIsolatedLane({
  app,
  processId,
  db,
  deps,
  metrics,
  main,
  processes,
  times,
}: LaneParts): IsolatedLane {
  const deaths = metrics.counter({
    name: 'operation_deaths_total',
    help: 'Processes that died while one operation ran alone in them',
  });
  return new IsolatedLane({
    ledger: createIsolationLedger(db, Object.keys(deps.handlers)),
    runners:
      main === undefined
        ? [runInThisProcess(deps)]
        : Array.from({ length: processes }, () => new ChildRunner({ main, app })),
    log: deps.log,
    processId,
    onDeath: () => deaths.inc(),
    ...(times === undefined ? {} : { times }),
  });
}
