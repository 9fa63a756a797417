import { hostname } from 'node:os';
import type { HandlerRegistry, QueueName } from '@luma-sync/jobs';
import { prepare } from '@luma-sync/luma-access';
import {
  type ConsumptionTimes,
  type FinishTimes,
  type IsolatedLane,
  type LaneTimes,
  newProcessId,
  OperationWorker,
  type RunSettings,
  type TakeOverTimes,
} from '@luma-sync/queue';
import {
  createLogger,
  createMetrics,
  type GiveUp,
  type HealthServer,
  type Logger,
  type Metrics,
  type ReadinessCheck,
  runUntilSignal,
  Shutdown,
  startHealthServer,
} from '@luma-sync/runtime';
import { openProcessPresence } from '@luma-sync/store';
import type { WorkerEnvironment } from './config.js';
import { finishingCheck } from './finishing-check.js';
import { connectionChecks, consumingCheck } from './health-checks.js';
import { openIsolatedLane } from './isolation/open-lane.js';
import { meterBudgets } from './meter-budgets.js';
import { meterPlaces } from './meter-places.js';
import { meterRuns } from './meter-runs.js';
import { ensureEnvironment, openWorkerParts, type WorkerParts } from './parts.js';
import { toRunDeps } from './run-deps.js';

export interface WorkerApp {
  /** `event-worker` */
  name: string;
  queue: QueueName;
  handlers: (parts: WorkerParts, log: Logger) => HandlerRegistry;
}

export interface RunningWorker {
  parts: WorkerParts;
  worker: OperationWorker;
  lane: IsolatedLane;
  /** Its process ends because of an error that nobody handled. */
  suspectRuns(): void;
  health: HealthServer;
  /** For a process that hosts several apps and shows the figures of all at one address. */
  metrics: Metrics;
  /** Fails while work of the queue waits and nothing moves on; for a process that hosts several workers. */
  finishing: Record<string, ReadinessCheck>;
  /** Takes no more work, ends or hands back what runs, closes every connection. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** False in a process that hosts several apps and handles signals itself. Default true. */
  handleSignals?: boolean;
  /** How a process that handles signals itself hears that this worker cannot go on. */
  giveUp?: GiveUp;
  /**
   * The program that runs here: started once more, it runs isolated operations. Without it they run in this process.
   */
  main?: string;
  /** Child processes for isolated operations, at most: each costs 100 to 150 MB while it is needed. Default 2. */
  aloneProcesses?: number;
  laneTimes?: LaneTimes;
  settings?: Partial<RunSettings>;
  takeOver?: TakeOverTimes;
  consumption?: ConsumptionTimes;
  finishTimes?: FinishTimes;
}

/** Starts one worker: connections, health server, then the taking of jobs. */
export async function startWorker(
  app: WorkerApp,
  config: WorkerEnvironment,
  options: StartOptions = {},
): Promise<RunningWorker> {
  const log = createLogger({ app: app.name, level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  const onFault = (): void => worker.suspectRuns();
  const giveUp = options.handleSignals === false ? options.giveUp : runUntilSignal({ shutdown, log, onFault });
  const parts = openWorkerParts(app.name, config, log, shutdown);
  const metrics = createMetrics({ app: app.name });
  meterBudgets(metrics, parts.limiter);
  const deps = { ...toRunDeps(app, parts, log, options.settings), onRun: meterRuns(metrics) };
  const processId = newProcessId();
  let running: OperationWorker | null = null;
  const presence = openPresence(app, parts, config, { processId, worker: () => running });
  shutdown.add('process presence', () => presence.close(), 3_000);
  const worker = new OperationWorker({
    ...toWorkerSettings(app, parts, config, options),
    ...deps,
    processId,
    onSettled: () => lane.wake(),
    onDead: () => giveUp?.(`${app.name} takes no jobs any more; a new process has to`),
  });
  running = worker;
  parts.speeds.onEnd(() => worker.moved());
  meterPlaces(metrics, worker, parts.speeds);
  const finishing = finishingCheck(app.queue, worker);
  const lane = openIsolatedLane({
    app: app.name,
    processId,
    db: parts.db,
    deps,
    metrics,
    main: options.main,
    processes: options.aloneProcesses ?? 2,
    times: options.laneTimes,
  });
  shutdown.add('jobs', () => Promise.all([worker.close(), lane.close()]), 20_000);
  const health = await startHealthServer({
    port: config.PORT,
    host: config.HEALTH_HOST,
    metricsToken: config.METRICS_TOKEN,
    metrics,
    checks: { ...connectionChecks(parts), ...consumingCheck(worker), ...finishing },
  });
  shutdown.add('health server', () => health.close(), 2_000);
  const start = (): void => {
    worker.start();
    lane.start();
  };
  startWhenPrepared({ parts, config, log, shutdown, start });
  log.info({ queue: app.queue, concurrency: config.WORKER_CONCURRENCY, healthPort: health.port }, 'worker started');
  return { parts, worker, lane, suspectRuns: onFault, health, metrics, finishing, close: () => shutdown.run() };
}

function openPresence(
  app: WorkerApp,
  parts: WorkerParts,
  config: WorkerEnvironment,
  { processId, worker }: { processId: string; worker: () => OperationWorker | null },
) {
  return openProcessPresence({
    db: parts.db,
    url: config.DATABASE_URL,
    id: processId,
    app: app.name,
    host: hostname(),
    pid: process.pid,
    report: () => {
      // The first heartbeat comes before the worker is made.
      const running = worker();
      return {
        queue: app.queue,
        isConsuming: running?.isConsuming === true && running.standstill === null,
        slowKeys: parts.speeds.slowOnes(),
      };
    },
  });
}

function toWorkerSettings(app: WorkerApp, parts: WorkerParts, config: WorkerEnvironment, options: StartOptions) {
  return {
    queue: app.queue,
    connection: parts.workerRedis,
    prefix: config.REDIS_KEY_PREFIX,
    concurrency: config.WORKER_CONCURRENCY,
    bulkheads: {
      perKey: Math.ceil((config.WORKER_CONCURRENCY * config.WORKER_SHARE_PER_CALENDAR) / 100),
      speeds: parts.speeds,
    },
    ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
    ...(options.consumption === undefined ? {} : { consumption: options.consumption }),
    ...(options.finishTimes === undefined ? {} : { finishTimes: options.finishTimes }),
    probe: parts.redis,
  };
}

/**
 * The start is not waited for: a process that finds no database, or an empty one, says so at `/readyz` and in its log,
 * and begins when the database is there.
 */
function startWhenPrepared({ parts, config, log, shutdown, start }: PreparedStart): void {
  const stop = new AbortController();
  const preparation = prepare({ ...parts, ensure: () => ensureEnvironment(parts, config), log, signal: stop.signal });
  const begun = preparation.finished.then(() => {
    if (!stop.signal.aborted) start();
  });
  shutdown.add(
    'preparation',
    () => {
      stop.abort();
      return begun;
    },
    2_000,
  );
}

interface PreparedStart {
  parts: WorkerParts;
  config: WorkerEnvironment;
  log: Logger;
  shutdown: Shutdown;
  start: () => void;
}
