import { decimal, environment } from '@luma-sync/runtime';
import { z } from 'zod';

export const relayEnvironment = environment.pick({ DATABASE_URL: true, REDIS_URL: true, LOG_LEVEL: true }).extend({
  /** Of the health server; 0 takes a free one. */
  PORT: decimal({ min: 0, max: 65_535 }).default(0),
  REDIS_KEY_PREFIX: z.string().min(1).default('{luma-sync}'),
  /** Pause between looks for due operations while there are none. */
  RELAY_POLL_MS: decimal({ min: 10, max: 60_000 }).default(150),
  /** Jobs of one queue and priority that wait in Redis at once, at most; what is more waits in Postgres. */
  RELAY_WINDOW: decimal({ min: 10, max: 100_000 }).default(1_000),
});

export type RelayEnvironment = z.output<typeof relayEnvironment>;
