import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  closeQueues,
  connectRedis,
  disconnectRedis,
  openQueues,
  type RedisConnection,
  RedisTroubleError,
  toRedisTrouble,
} from '@luma-sync/queue';
import {
  createLogger,
  createMetrics,
  type HealthServer,
  type Metrics,
  runUntilSignal,
  Shutdown,
  startHealthServer,
} from '@luma-sync/runtime';
import { openDatabase, pingPostgres } from '@luma-sync/store';
import { type RelayEnvironment, toRetentionDays } from './config.js';
import { startDispatching } from './dispatching.js';
import { startHeartbeat } from './heartbeat.js';
import { meterDueSweep, meterOperations } from './meter-operations.js';
import { startRespelling } from './respelling.js';
import { startRetention } from './retention-runner.js';
import {
  dueSweepSchedule,
  retentionSchedule,
  SCHEDULE_TIMES,
  SCHEDULES,
  type Schedule,
  type ScheduleTimes,
} from './schedules.js';
import { startScheduling } from './scheduling.js';

export interface RunningRelay {
  health: HealthServer;
  /** For a process that hosts several apps and shows the figures of all at one address. */
  metrics: Metrics;
  close(): Promise<void>;
}

export interface StartOptions {
  /** False in a process that hosts several apps and handles signals itself. Default true. */
  handleSignals?: boolean;
  /** Default: {@link SCHEDULES}. */
  schedules?: readonly Schedule[];
  scheduleTimes?: ScheduleTimes;
}

/** Starts dispatching, schedules and recovery. Any number of relays may run; they share the work by row locks. */
export async function startRelay(config: RelayEnvironment, options: StartOptions = {}): Promise<RunningRelay> {
  const log = createLogger({ app: 'relay', level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  if (options.handleSignals !== false) runUntilSignal({ shutdown, log });
  const db = openDatabase({ url: config.DATABASE_URL, poolMax: 5, applicationName: 'relay' });
  shutdown.add('postgres', () => db.$disconnect(), 3_000);
  const redis = connectRedis(config.REDIS_URL, 'failing', 'relay');
  shutdown.add('redis', () => disconnectRedis(redis), 2_000);
  const consumer = connectRedis(config.REDIS_URL, 'waiting', 'relay-schedules');
  shutdown.add('redis of schedules', () => disconnectRedis(consumer), 2_000);
  const queues = openQueues(redis, config.REDIS_KEY_PREFIX);
  shutdown.add('queues', () => closeQueues(queues), 3_000);

  const stop = new AbortController();
  const relay = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const metrics = createMetrics({ app: 'relay' });
  meterOperations(metrics, db);
  const dueSweep = dueSweepSchedule(meterDueSweep(metrics));

  const dispatching = startDispatching({ db, redis, queues, log, metrics, config, signal: stop.signal });
  const retention = startRetention({ db, days: toRetentionDays(config), log, metrics, signal: stop.signal });
  const respelling = startRespelling({ db, log, signal: stop.signal });
  const scheduling = startScheduling({
    db,
    redis,
    consumer,
    prefix: config.REDIS_KEY_PREFIX,
    relay,
    log,
    metrics,
    schedules: [...(options.schedules ?? [...SCHEDULES, dueSweep]), retentionSchedule(retention.request)],
    times: options.scheduleTimes ?? SCHEDULE_TIMES,
    signal: stop.signal,
  });
  const checks = {
    postgres: () => pingPostgres(db),
    redis: () => writeToRedis(redis, config.REDIS_KEY_PREFIX),
    dispatching: dispatching.assertMoving,
  };
  const { HEARTBEAT_URL: url, HEARTBEAT_SILENT_HOURS: silentHours } = config;
  const heartbeat = url && startHeartbeat({ db, url, silentHours, checks, log, metrics, signal: stop.signal });
  shutdown.add('schedules', () => scheduling.close(), 5_000);
  shutdown.add('rounds', () => {
    stop.abort();
    return Promise.all([dispatching.ended, scheduling.ended, retention.ended, respelling, heartbeat]);
  });

  const health = await startHealthServer({
    port: config.PORT,
    host: config.HEALTH_HOST,
    metricsToken: config.METRICS_TOKEN,
    metrics,
    checks: Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { check }])),
  });
  shutdown.add('health server', () => health.close(), 2_000);
  scheduling.start();
  log.info({ healthPort: health.port }, 'relay started');
  return { health, metrics, close: () => shutdown.run() };
}

/** A Redis that is full answers every question and takes no job, so a question alone would not show it. */
async function writeToRedis(redis: RedisConnection, prefix: string): Promise<void> {
  try {
    await redis.set(`${prefix}:relay-writes`, '1', 'PX', 1_000);
  } catch (error) {
    throw new RedisTroubleError(toRedisTrouble(error), error);
  }
}
