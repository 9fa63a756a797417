import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { MINUTE_MS, SECOND_MS } from '../durations.js';

/**
 * Looks whether Luma's webhook of a calendar stands and speaks, and repairs it. Asked for every few minutes, so an old
 * one is not worth much.
 */
export const webhookWatch = defineJob({
  name: 'webhook.watch',
  queue: 'drift',
  payload: z.strictObject({ calendarId: z.uuid() }),
  attempts: 3,
  backoff: { firstMs: 5 * SECOND_MS, maxMs: MINUTE_MS },
  reconciles: true,
  deadlineMs: 10 * MINUTE_MS,
  priority: 'sync',
  dedupeKey: ({ calendarId }) => `webhook.watch:${calendarId}`,
  oneAtATime: ({ calendarId }) => `webhook:${calendarId}`,
});
