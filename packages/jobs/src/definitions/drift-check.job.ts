import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Compares a calendar's linked events with what Luma has, and reports or takes over what differs. */
export const driftCheck = defineJob({
  name: 'drift.check',
  queue: 'drift',
  payload: z.strictObject({ calendarId: z.uuid() }),
  attempts: 6,
  backoff: { firstMs: 10_000, maxMs: 15 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 24 * HOUR_MS,
  priority: 'bulk',
  dedupeKey: ({ calendarId }) => `drift.check:${calendarId}`,
  oneAtATime: ({ calendarId }) => `drift:${calendarId}`,
});
