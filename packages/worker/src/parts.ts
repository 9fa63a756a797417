import { openLumaAccess } from '@luma-sync/luma-access';
import { USER_AGENT } from '@luma-sync/luma-client';
import { connectRedis, disconnectRedis, type Ledger, type RedisConnection } from '@luma-sync/queue';
import type { RateLimiter } from '@luma-sync/rate-limiter';
import type { Logger, Shutdown } from '@luma-sync/runtime';
import { type FetchPublic, openSafeFetch } from '@luma-sync/safe-fetch';
import {
  type BackfillStore,
  type CalendarSyncStore,
  type CancellationStore,
  type CoverStore,
  createBackfillStore,
  createCalendarSyncStore,
  createCancellationStore,
  createCheckpoints,
  createCouponMailLedger,
  createCoverStore,
  createErasedAddresses,
  createEventRemovals,
  createEventSyncStore,
  createGuestCoupons,
  createGuestRemovals,
  createInboxSyncStore,
  createLedger,
  createMailGuard,
  createReconcileStore,
  createRsvpSyncStore,
  createWebhookWatchStore,
  type Database,
  type EventRemovals,
  type EventSyncStore,
  ensureEnvironmentCalendar,
  type GuestCoupons,
  type GuestRemovals,
  type InboxSyncStore,
  type Keyring,
  type MailGuard,
  type NotedReading,
  noteReading,
  openDatabase,
  openKeyring,
  type ReconcileStore,
  type RsvpSyncStore,
  retryingTransaction,
  type WebhookWatchStore,
} from '@luma-sync/store';
import type { LumaAccounts } from '@luma-sync/sync';
import type { WorkerEnvironment } from './config.js';
import { createKeySpeeds, type KeySpeeds, oneAtATimeWhenSlow } from './key-speeds.js';

/** Everything handlers are built from. A test may replace any part before it builds its handlers. */
export interface WorkerParts {
  db: Database;
  keyring: Keyring;
  /** Commands fail fast while Redis is away. */
  redis: RedisConnection;
  /** Waits for Redis; for BullMQ's worker. */
  workerRedis: RedisConnection;
  limiter: RateLimiter;
  ledger: Ledger;
  luma: LumaAccounts;
  /** How quickly keys answer. */
  speeds: KeySpeeds;
  events: EventSyncStore;
  rsvps: RsvpSyncStore;
  mailGuard: MailGuard;
  removals: GuestRemovals;
  eventRemovals: EventRemovals;
  coupons: GuestCoupons;
  cancellations: CancellationStore;
  calendars: CalendarSyncStore;
  backfills: BackfillStore;
  reconcile: ReconcileStore;
  webhooks: WebhookWatchStore;
  /** Where Luma reaches ingress; null when this process was not told. */
  publicUrl: string | null;
  inbox: InboxSyncStore;
  unreadable: { note(calendarId: string, reading: NotedReading): Promise<void> };
  covers: CoverStore;
  fetchPublic: FetchPublic;
  couponMails: ReturnType<typeof createCouponMailLedger>;
  checkpoints: ReturnType<typeof createCheckpoints>;
  /** What a calendar's budget allows. */
  requestsPerMinute(calendarId: string): Promise<number>;
}

/** For a cover, all redirects included. */
const COVER_FETCH_LIMIT_MS = 20_000;

/**
 * Opens the connections of one worker. Each part is closed by `shutdown`, last opened first. Nothing here waits for a
 * service.
 */
export function openWorkerParts(app: string, config: WorkerEnvironment, log: Logger, shutdown: Shutdown): WorkerParts {
  // One connection for each running operation, and some for heartbeats.
  const db = openDatabase({
    url: config.DATABASE_URL,
    poolMax: Math.min(config.WORKER_CONCURRENCY + 4, 20),
    applicationName: app,
  });
  shutdown.add('postgres', () => db.$disconnect(), 3_000);
  const redis = connectRedis(config.REDIS_URL, 'failing', app);
  shutdown.add('redis', () => disconnectRedis(redis), 2_000);
  const workerRedis = connectRedis(config.REDIS_URL, 'waiting', `${app}-worker`);
  shutdown.add('redis of the worker', () => disconnectRedis(workerRedis), 2_000);
  const keyring = openKeyring(config.ENCRYPTION_KEY);
  const speeds = createKeySpeeds({ slowMs: config.WORKER_SLOW_ANSWER_MS, log });
  const access = openLumaAccess({
    ...{ db, redis, keyring, config, log },
    gate: (limiter) => oneAtATimeWhenSlow(limiter, speeds, config.WORKER_SLOW_ANSWER_MS),
    onRequest: (account, priority) => speeds.begin(account, priority),
  });
  const erased = createErasedAddresses(keyring);
  return {
    db,
    keyring,
    redis,
    workerRedis,
    limiter: access.limiter,
    ledger: createLedger(db),
    luma: access.accounts,
    speeds,
    events: createEventSyncStore(db, erased),
    rsvps: createRsvpSyncStore(db, erased),
    mailGuard: createMailGuard(db),
    removals: createGuestRemovals(db),
    eventRemovals: createEventRemovals(db),
    coupons: createGuestCoupons(db),
    cancellations: createCancellationStore(db),
    calendars: createCalendarSyncStore(db),
    backfills: createBackfillStore(db),
    reconcile: createReconcileStore(db),
    webhooks: createWebhookWatchStore(db, keyring),
    publicUrl: config.PUBLIC_URL ?? null,
    requestsPerMinute: access.requestsPerMinute,
    inbox: createInboxSyncStore(db),
    unreadable: { note: (calendarId, reading) => noteReading(db, calendarId, reading, erased) },
    covers: createCoverStore(db),
    fetchPublic: openSafeFetch({
      userAgent: USER_AGENT,
      allowHosts: config.FETCH_ALLOW_HOSTS,
      timeoutMs: COVER_FETCH_LIMIT_MS,
    }),
    couponMails: createCouponMailLedger(db),
    checkpoints: createCheckpoints(db),
  };
}

/** Makes the calendar that the environment describes; any process may be the first. */
export async function ensureEnvironment(
  parts: Pick<WorkerParts, 'db' | 'keyring'>,
  config: WorkerEnvironment,
): Promise<void> {
  // Asked even when there is nothing to make: it shows that the tables are there.
  await parts.db.calendar.count();
  if (config.LUMA_API_KEY === undefined) return;
  const settings = { apiKey: config.LUMA_API_KEY, webhookSecret: config.LUMA_WEBHOOK_SECRET };
  await retryingTransaction(parts.db, (tx) => ensureEnvironmentCalendar(tx, parts.keyring, settings));
}
