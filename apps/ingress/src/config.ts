import { decimal, environment } from '@luma-sync/runtime';
import type { z } from 'zod';
import { timezone } from './v1/schemas/fields.js';

/** What ingress reads from its environment. `.env.example` explains each. */
export const ingressEnvironment = environment
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    REDIS_KEY_PREFIX: true,
    ENCRYPTION_KEY: true,
    PUBLIC_URL: true,
    PORT: true,
    LOG_LEVEL: true,
    METRICS_TOKEN: true,
    LUMA_API_BASE_URL: true,
    LUMA_API_KEY: true,
    LUMA_WEBHOOK_SECRET: true,
    LUMA_RATE_LIMIT_PER_MINUTE: true,
    LUMA_RATE_LIMIT_HEADROOM: true,
    BOOTSTRAP_API_KEY: true,
    OPERATOR_PASSWORD: true,
  })
  .extend({
    /** Luma retries up to 7 minutes later and may not sign anew; `Webhook-Id` stops replays. */
    WEBHOOK_TOLERANCE_SECONDS: decimal({ min: 30, max: 86_400 }).default(600),
    /** Requests of one address a minute: 500 a second, for a loop that went wild. */
    CALLER_LIMIT_PER_MINUTE: decimal({ min: 1, max: 10_000_000 }).default(30_000),
    /** Of new events that name no time zone, where their calendar has none. */
    DEFAULT_TIMEZONE: timezone.optional(),
    /** Proxies in front whose `X-Forwarded-For` is believed. */
    TRUSTED_PROXIES: decimal({ min: 0, max: 10 }).default(0),
  });

export type IngressEnvironment = z.output<typeof ingressEnvironment>;
