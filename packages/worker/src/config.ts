import { decimal, environment } from '@luma-sync/runtime';
import type { z } from 'zod';

/** What every worker reads from its environment. */
export const workerEnvironment = environment
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    REDIS_KEY_PREFIX: true,
    ENCRYPTION_KEY: true,
    LUMA_API_BASE_URL: true,
    LUMA_API_KEY: true,
    LUMA_WEBHOOK_SECRET: true,
    LUMA_RATE_LIMIT_PER_MINUTE: true,
    LUMA_RATE_LIMIT_HEADROOM: true,
    FETCH_ALLOW_HOSTS: true,
    LOG_LEVEL: true,
    HEALTH_HOST: true,
    METRICS_TOKEN: true,
    WORKER_CONCURRENCY: true,
    WORKER_SHARE_PER_CALENDAR: true,
    WORKER_SLOW_ANSWER_MS: true,
  })
  .extend({
    /** Where Luma reaches ingress: the watch over webhooks needs it, and rests without. */
    PUBLIC_URL: environment.shape.PUBLIC_URL.optional(),
    /** Of the health server; 0 takes a free one. */
    PORT: decimal({ min: 0, max: 65_535 }).default(0),
  });

export type WorkerEnvironment = z.output<typeof workerEnvironment>;
