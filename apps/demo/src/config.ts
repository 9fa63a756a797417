import { z } from 'zod';

/** The start script gives all of it. */
export const demoEnvironment = z.object({
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().min(1),
  /** Where the processes' logs go. */
  DEMO_LOG_DIR: z.string().min(1),
});

/** Enough for the demo to end soon, few enough to be felt; enforced by the simulator. */
export const BUDGET = { limit: 600, windowMs: 60_000, headroom: 150 };
export const API_KEY = 'secret-demo';
export const REDIS_PREFIX = '{luma-sync-demo}';
export const MAILS_PER_SECOND = 25;
