import { decimal, environment } from '@luma-sync/runtime/config';
import { z } from 'zod';

/** What every worker reads from its environment. */
export const workerEnvironment = environment
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
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
  })
  .extend({
    /** Where Luma reaches ingress: the watch over webhooks needs it, and rests without. */
    PUBLIC_URL: environment.shape.PUBLIC_URL.optional(),
    /** Of the health server; 0 takes a free one. */
    PORT: decimal({ min: 0, max: 65_535 }).default(0),
    /** Operations run at once. They wait for answers most of the time, and the budget limits them anyway. */
    WORKER_CONCURRENCY: decimal({ min: 1, max: 200 }).default(10),
    /** Per cent of these that operations of one Luma account may hold, rounded up. */
    WORKER_SHARE_PER_CALENDAR: decimal({ min: 1, max: 100 }).default(50),
    /** A key whose request is without an answer for this long has one place until its answers are quick again. */
    WORKER_SLOW_ANSWER_MS: decimal({ min: 100, max: 30_000 }).default(5_000),
    /** In front of every key in Redis. The braces keep all keys of the queues on one node of a cluster. */
    REDIS_KEY_PREFIX: z.string().min(1).default('{luma-sync}'),
  });

export type WorkerEnvironment = z.output<typeof workerEnvironment>;
