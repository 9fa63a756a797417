import { decimal, environment, urlWith } from '@luma-sync/runtime';
import { DEFAULT_RETENTION_DAYS, type RetentionDays } from '@luma-sync/store';
import type { z } from 'zod';

const days = (byDefault: number) => decimal({ min: 1, max: 36_500 }).default(byDefault);

export const relayEnvironment = environment
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    REDIS_KEY_PREFIX: true,
    LOG_LEVEL: true,
    HEALTH_HOST: true,
    METRICS_TOKEN: true,
  })
  .extend({
    /** Of the health server; 0 takes a free one. */
    PORT: decimal({ min: 0, max: 65_535 }).default(0),
    /** Pause between looks for due operations while there are none. */
    RELAY_POLL_MS: decimal({ min: 10, max: 60_000 }).default(150),
    /** Jobs of one queue and priority that wait in Redis at once, at most; what is more waits in Postgres. */
    RELAY_WINDOW: decimal({ min: 10, max: 100_000 }).default(1_000),
    /** Of these, jobs of one calendar that wait for a worker at once. */
    RELAY_WINDOW_PER_CALENDAR: decimal({ min: 2, max: 100_000 }).default(20),
    /** Pinged each minute while all is well; not set: nothing is pinged. */
    HEARTBEAT_URL: urlWith(['http:', 'https:'], 'an address to ping each minute').optional(),
    /** Hours after which a calendar whose list was not read stops the heartbeat; lists are read every 6 hours. */
    HEARTBEAT_SILENT_HOURS: decimal({ min: 1, max: 24 * 365 }).default(8),
    RETENTION_OPERATIONS_DAYS: days(DEFAULT_RETENTION_DAYS.operations),
    RETENTION_DEAD_LETTERS_DAYS: days(DEFAULT_RETENTION_DAYS.deadLetters),
    RETENTION_WEBHOOK_BODIES_DAYS: days(DEFAULT_RETENTION_DAYS.webhookBodies),
    RETENTION_WEBHOOKS_DAYS: days(DEFAULT_RETENTION_DAYS.webhookDeliveries),
    RETENTION_TIMELINE_DAYS: days(DEFAULT_RETENTION_DAYS.timeline),
    RETENTION_BACKFILLS_DAYS: days(DEFAULT_RETENTION_DAYS.backfills),
    RETENTION_ABSENCES_DAYS: days(DEFAULT_RETENTION_DAYS.absences),
    RETENTION_CANCELLATIONS_DAYS: days(DEFAULT_RETENTION_DAYS.cancellations),
    RETENTION_AUDIT_DAYS: days(DEFAULT_RETENTION_DAYS.audit),
    RETENTION_UNREADABLE_DAYS: days(DEFAULT_RETENTION_DAYS.unreadableRecords),
    RETENTION_ANSWERS_DAYS: days(DEFAULT_RETENTION_DAYS.registrationAnswers),
    RETENTION_MAIL_ADDRESSES_DAYS: days(DEFAULT_RETENTION_DAYS.mailAddresses),
    RETENTION_CONFLICTS_DAYS: days(DEFAULT_RETENTION_DAYS.conflicts),
  });

const CANCELLATIONS_DAYS_MIN = 30;

export type RelayEnvironment = z.output<typeof relayEnvironment>;

export function toRetentionDays(config: RelayEnvironment): RetentionDays {
  return {
    ...DEFAULT_RETENTION_DAYS,
    operations: config.RETENTION_OPERATIONS_DAYS,
    deadLetters: config.RETENTION_DEAD_LETTERS_DAYS,
    webhookBodies: config.RETENTION_WEBHOOK_BODIES_DAYS,
    webhookDeliveries: config.RETENTION_WEBHOOKS_DAYS,
    timeline: config.RETENTION_TIMELINE_DAYS,
    backfills: config.RETENTION_BACKFILLS_DAYS,
    absences: config.RETENTION_ABSENCES_DAYS,
    unreadableRecords: config.RETENTION_UNREADABLE_DAYS,
    registrationAnswers: config.RETENTION_ANSWERS_DAYS,
    mailAddresses: config.RETENTION_MAIL_ADDRESSES_DAYS,
    conflicts: config.RETENTION_CONFLICTS_DAYS,
    // Far longer than an operation that carries one out may wait.
    audit: config.RETENTION_AUDIT_DAYS,
    cancellations: Math.max(config.RETENTION_CANCELLATIONS_DAYS, CANCELLATIONS_DAYS_MIN),
    // What was not applied is kept longer than what was, whatever is set.
    unappliedWebhookBodies: Math.max(
      config.RETENTION_WEBHOOK_BODIES_DAYS,
      DEFAULT_RETENTION_DAYS.unappliedWebhookBodies,
    ),
    unappliedWebhookDeliveries: Math.max(
      config.RETENTION_WEBHOOKS_DAYS,
      DEFAULT_RETENTION_DAYS.unappliedWebhookDeliveries,
    ),
  };
}
