import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { DAY_MS, MINUTE_MS } from '../durations.js';

/** Mails one person the coupon code assigned to them, once. */
export const couponEmail = defineJob({
  name: 'coupon.email',
  queue: 'mail',
  payload: z.strictObject({ assignmentId: z.uuid() }),
  attempts: 10,
  backoff: { firstMs: 5_000, maxMs: 30 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 3 * DAY_MS,
  priority: 'sync',
  dedupeKey: ({ assignmentId }) => `coupon.email:${assignmentId}`,
  oneAtATime: ({ assignmentId }) => `coupon.email:${assignmentId}`,
});
