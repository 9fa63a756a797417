import type { OperationQueue } from '@luma-sync/queue';
import type { Metrics } from '@luma-sync/runtime';
import {
  createErasedAddresses,
  type Database,
  endSession,
  findCalendarIdByKey,
  findOperation,
  findWebhookSecrets,
  isSessionEnded,
  isStoreUnavailable,
  type Keyring,
  recordAudit,
  retryingTransaction,
  storeDelivery,
} from '@luma-sync/store';
import express, { type Express } from 'express';
import { openApiKeys } from './auth/open-api-keys.js';
import { type EndedSessions, type LoginAction, operatorLogin, operatorOnly } from './auth/operator-login.js';
import { sameOriginOnly } from './auth/same-origin.js';
import { OperatorSessions } from './auth/session.js';
import { type HealthDeps, healthRoutes } from './health/health-routes.js';
import { accessLog } from './http/access-log.js';
import { callerLimit } from './http/caller-limit.js';
import { errorHandler, routeUnknown } from './http/error-handler.js';
import type { Log } from './http/log.js';
import { startContext } from './http/request-context.js';
import { securityHeaders } from './http/security-headers.js';
import { warnOfUntrustedProxy } from './http/untrusted-proxy.js';
import { docs } from './openapi/docs-page.js';
import { toOpenApiDocument } from './openapi/document.js';
import { assets } from './pages/assets.js';
import { rootPage } from './pages/root-page.js';
import { BOARD_PATH, queueBoard } from './queue-board/queue-board.js';
import { mountRoutes } from './v1/mount.js';
import type { V1Deps } from './v1/route.js';
import { v1Routes } from './v1/routes/all.js';
import { webhookRoute } from './webhooks/webhook-route.js';

export interface AppSettings {
  publicUrl: string;
  encryptionKey: string;
  operatorPassword: string;
  webhookToleranceSeconds: number;
  callerLimitPerMinute: number;
  /** Proxies in front of us whose X-Forwarded-For is believed. */
  trustedProxies: number;
  /** Of new events that name no time zone, where their calendar has none. */
  defaultTimezone: string | null;
  /** Opens `/metrics`; without one it is open to the machine itself alone. */
  metricsToken?: string | undefined;
}

export interface AppDeps extends Omit<V1Deps, 'publicUrl' | 'erased' | 'defaultTimezone'> {
  db: Database;
  keyring: Keyring;
  log: Log;
  metrics: Metrics;
  queues: readonly OperationQueue[];
  isRedisReady(): boolean;
  health: Omit<HealthDeps, 'metricsToken' | 'metrics'> & Partial<Pick<HealthDeps, 'metrics'>>;
  now?: () => Date;
}

/** Luma counts an answer after 5 s as a failure; this leaves room for the way back. */
const WEBHOOK_ANSWER_WITHIN_MS = 4_000;

/** Everything ingress answers, on nothing but what it is given. */
export function buildApp(settings: AppSettings, deps: AppDeps): Express {
  const { publicUrl, defaultTimezone } = settings;
  const { db, keyring, log, metrics } = deps;
  const erased = createErasedAddresses(keyring);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', settings.trustedProxies);
  app.use(warnOfUntrustedProxy(settings.trustedProxies, log));
  app.use(startContext, accessLog(log, requestSeconds(metrics)), securityHeaders(publicUrl));
  app.use(healthRoutes({ metrics, ...deps.health, metricsToken: settings.metricsToken ?? null }));
  app.use(callerLimit(settings.callerLimitPerMinute));
  app.use(
    webhookRoute({
      findCalendarId: (key) => findCalendarIdByKey(db, key),
      findSecrets: (calendarId) => findWebhookSecrets(db, keyring, calendarId),
      storeDelivery: (delivery) => retryingTransaction(db, (tx) => storeDelivery(tx, delivery, erased)),
      isUnavailable: isStoreUnavailable,
      toleranceSeconds: settings.webhookToleranceSeconds,
      answerWithinMs: WEBHOOK_ANSWER_WITHIN_MS,
      now: deps.now ?? (() => new Date()),
      log,
      received: webhooksReceived(metrics),
    }),
  );
  app.use(rootPage(deps.health.checks));
  app.use(assets(), docs(toOpenApiDocument(v1Routes, publicUrl)));
  app.use(mountRoutes(v1Routes, { ...deps, erased, publicUrl, defaultTimezone, apiKeys: openApiKeys(db, log) }));
  const sessions = new OperatorSessions({ password: settings.operatorPassword, encryptionKey: settings.encryptionKey });
  const ended = {
    add: (session) => endSession(db, session),
    has: (session) => isSessionEnded(db, session.hash),
  } satisfies EndedSessions;
  const audit = (action: LoginAction, address: string | null) =>
    recordAudit(
      db,
      { name: 'operator', kind: 'operator', address },
      { action, subjectType: 'operator', subject: 'operator' },
    );
  app.use(operatorLogin({ sessions, ended, publicUrl, log, audit }));
  app.use(BOARD_PATH, operatorOnly(sessions, ended, publicUrl), sameOriginOnly(publicUrl));
  app.use(queueBoard(deps.queues, deps.isRedisReady, (id) => findOperation(db, id)));
  app.use(routeUnknown);
  app.use(errorHandler(log));
  return app;
}

const requestSeconds = (metrics: Metrics) =>
  metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests served, by declared route.',
    labels: ['route', 'method', 'status'],
  });

const webhooksReceived = (metrics: Metrics) =>
  metrics.counter({
    name: 'webhooks_received_total',
    help: 'Webhooks by how they were received.',
    labels: ['outcome'],
  });
