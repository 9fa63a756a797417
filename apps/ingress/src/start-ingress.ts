import { createLumaLimiter, prepare } from '@luma-sync/luma-access';
import {
  closeQueues,
  connectRedis,
  disconnectRedis,
  openQueue,
  openQueues,
  pingRedis,
  type RedisConnection,
  SCHEDULE_QUEUE,
} from '@luma-sync/queue';
import {
  createLogger,
  createMetrics,
  joinMetrics,
  type Logger,
  type Metrics,
  PublicProblem,
  type ReadinessCheck,
  runUntilSignal,
  Shutdown,
} from '@luma-sync/runtime';
import { type Database, openDatabase, openKeyring, pingPostgres } from '@luma-sync/store';
import { isPublicUrl } from '@luma-sync/sync';
import { type AppSettings, buildApp } from './build-app.js';
import type { IngressEnvironment } from './config.js';
import { ensureEnvironment } from './ensure-environment.js';
import { listen } from './http/http-server.js';
import { createCancellationPreview } from './luma/cancellation-preview.js';
import { createConnectionTest } from './luma/connection-test.js';
import { createKeyCheck } from './luma/key-check.js';
import { createWebhookRegistration } from './luma/webhook-registration.js';

export interface RunningIngress {
  port: number;
  close(): Promise<void>;
}

export interface StartOptions {
  /** False in a process that hosts several apps and handles signals itself. Default true. */
  handleSignals?: boolean;
  /** Default: standard output. */
  log?: Logger;
  /** Checked at `/readyz` beside those of ingress: of what else its process hosts. */
  checks?: Record<string, ReadinessCheck>;
  /** Shown at `/metrics` beside those of ingress: of what else its process hosts. */
  metrics?: readonly Metrics[];
}

/** Connections of one ingress: a request holds one for its transaction, a few milliseconds. */
const POOL_MAX = 20;
/** No statement of a request takes longer; a connection that has fallen silent is given up soon after. */
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Opens the connections and serves. Waits for no service: it starts, and tells by `/readyz`, while Postgres or Redis
 * are away.
 */
export async function startIngress(config: IngressEnvironment, options: StartOptions = {}): Promise<RunningIngress> {
  const log = options.log ?? createLogger({ app: 'ingress', level: config.LOG_LEVEL });
  const shutdown = new Shutdown({ log });
  if (options.handleSignals !== false) runUntilSignal({ shutdown, log });
  // First, so that a wrong key ends the start before anything is open.
  const keyring = openKeyring(config.ENCRYPTION_KEY);
  const db = openDatabase({
    url: config.DATABASE_URL,
    poolMax: POOL_MAX,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'ingress',
  });
  shutdown.add('postgres', () => db.$disconnect(), 3_000);
  const redis = connectRedis(config.REDIS_URL, 'failing', 'ingress');
  shutdown.add('redis', () => disconnectRedis(redis), 2_000);
  const queues = openQueues(redis, config.REDIS_KEY_PREFIX);
  const schedules = openQueue(SCHEDULE_QUEUE, redis, config.REDIS_KEY_PREFIX);
  shutdown.add('queues', () => Promise.all([closeQueues(queues), schedules.close().catch(() => {})]), 3_000);

  const stop = new AbortController();
  // Not waited for: webhooks are taken, or answered with 503, from the first moment.
  const ensure = () => ensureEnvironment(db, keyring, config, log);
  const preparation = prepare({ db, keyring, ensure, log, signal: stop.signal });
  shutdown.add('preparation', () => {
    stop.abort();
    return preparation.finished;
  });
  const metrics = createMetrics({ app: 'ingress' });
  const luma = { db, slots: createLumaLimiter({ db, redis, config }), baseUrl: config.LUMA_API_BASE_URL, log };
  const app = buildApp(toSettings(config), {
    db,
    keyring,
    log,
    metrics,
    queues: [...Object.values(queues), schedules],
    isRedisReady: () => redis.status === 'ready',
    health: {
      checks: { ...readinessChecks(db, redis, preparation.isDone), ...options.checks },
      isStopping: () => shutdown.isStopping,
      metrics: joinMetrics(metrics, options.metrics ?? []),
    },
    checkKey: createKeyCheck(luma),
    testConnection: createConnectionTest(luma),
    registerWebhook: createWebhookRegistration(luma),
    previewCancellation: createCancellationPreview(luma),
  });
  if (config.LUMA_API_KEY !== undefined && !isPublicUrl(config.PUBLIC_URL))
    log.warn(
      { publicUrl: config.PUBLIC_URL },
      'PUBLIC_URL is no public https address: no webhooks, changes come by polling',
    );
  const server = await listen(app, config.PORT).catch(async (error: unknown) => {
    await shutdown.run();
    throw error;
  });
  shutdown.add('http server', () => server.close());
  log.info({ port: server.port }, 'ingress started');
  return { port: server.port, close: () => shutdown.run() };
}

function readinessChecks(
  db: Database,
  redis: RedisConnection,
  isPrepared: () => boolean,
): Record<string, ReadinessCheck> {
  return {
    postgres: { check: () => pingPostgres(db) },
    prepared: {
      check: () => {
        if (!isPrepared()) throw new PublicProblem('what the environment describes has not been stored yet');
      },
    },
    // Without it work is still accepted; it runs when Redis is back.
    redis: { check: () => pingRedis(redis), isRequired: false },
  };
}

function toSettings(config: IngressEnvironment): AppSettings {
  return {
    publicUrl: config.PUBLIC_URL,
    defaultTimezone: config.DEFAULT_TIMEZONE ?? null,
    encryptionKey: config.ENCRYPTION_KEY,
    operatorPassword: config.OPERATOR_PASSWORD,
    webhookToleranceSeconds: config.WEBHOOK_TOLERANCE_SECONDS,
    callerLimitPerMinute: config.CALLER_LIMIT_PER_MINUTE,
    trustedProxies: config.TRUSTED_PROXIES,
    metricsToken: config.METRICS_TOKEN,
  };
}
