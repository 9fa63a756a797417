import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { MINUTE_MS } from '@luma-sync/jobs';
import {
  closeQueues,
  connectRedis,
  disconnectRedis,
  openQueues,
  type RedisConnection,
  ScheduleQueue,
} from '@luma-sync/queue';
import {
  createLogger,
  createMetrics,
  type HealthServer,
  runUntilSignal,
  Shutdown,
  startHealthServer,
} from '@luma-sync/runtime';
import { measureBacklog, openDatabase } from '@luma-sync/store';
import type { RelayEnvironment } from './config.js';
import { startDispatching } from './dispatching.js';
import { loop } from './loop.js';
import { RedisTroubleError, toRedisTrouble } from './redis-trouble.js';
import { createScheduleRunner, definitions } from './schedule-runner.js';

export interface RunningRelay {
  health: HealthServer;
  close(): Promise<void>;
}

/** Starts dispatching, schedules and recovery. Any number of relays may run; they share the work by row locks. */
export async function startRelay(
  config: RelayEnvironment,
  options: { handleSignals?: boolean } = {},
): Promise<RunningRelay> {
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
  const runner = createScheduleRunner({ db, relay, log, signal: stop.signal });
  const schedules = new ScheduleQueue({
    producer: redis,
    consumer,
    prefix: config.REDIS_KEY_PREFIX,
    onTick: runner.onTick,
    onError: (error) => log.warn({ reason: error.message }, 'the schedule queue reports trouble'),
  });
  shutdown.add('schedules', () => schedules.close(), 5_000);

  const metrics = createMetrics({ app: 'relay' });
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

  const dispatching = startDispatching({ db, redis, queues, log, metrics, config, signal: stop.signal });
  const scheduling = loop({
    signal: stop.signal,
    afterErrorMs: 5_000,
    onError: (error) =>
      log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'schedules could not be looked after'),
    round: async () => {
      await runner.catchUp();
      const restored = await schedules.restore(definitions());
      if (restored > 0) log.info({ restored }, 'schedulers made in Redis');
      return MINUTE_MS / 4;
    },
  });
  shutdown.add('rounds', () => {
    stop.abort();
    return Promise.all([dispatching.ended, scheduling]);
  });

  const health = await startHealthServer({
    port: config.PORT,
    metrics,
    checks: {
      postgres: { check: () => db.$queryRaw`select 1` },
      redis: { check: () => writeToRedis(redis, config.REDIS_KEY_PREFIX) },
      dispatching: { check: dispatching.assertMoving },
    },
  });
  shutdown.add('health server', () => health.close(), 2_000);
  schedules.start();
  log.info({ healthPort: health.port }, 'relay started');
  return { health, close: () => shutdown.run() };
}

/** A Redis that is full answers every question and takes no job, so a question alone would not show it. */
async function writeToRedis(redis: RedisConnection, prefix: string): Promise<void> {
  try {
    await redis.set(`${prefix}:relay-writes`, '1', 'PX', 1_000);
  } catch (error) {
    throw new RedisTroubleError(toRedisTrouble(error), error);
  }
}
