import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/**
 * Makes a calendar and our events know each other: plans which events at Luma are ours already, which we create there
 * and which we take in, and carries a plan out.
 */
export const orgBackfill = defineJob({
  name: 'org.backfill',
  queue: 'drift',
  payload: z.strictObject({
    calendarId: z.uuid(),
    /** The plan to carry out; null makes a new one. */
    planId: z.uuid().nullable(),
    /** Whether a new plan is carried out at once. */
    apply: z.boolean(),
    /** Events that start at this moment or later; null for those that are not over for long. */
    startsAfter: z.iso.datetime().nullable(),
  }),
  attempts: 6,
  backoff: { firstMs: 10_000, maxMs: 15 * MINUTE_MS },
  reconciles: false,
  deadlineMs: 24 * HOUR_MS,
  priority: 'bulk',
  dedupeKey: (p) => `org.backfill:${p.calendarId}:${p.planId ?? 'new'}:${p.apply}:${p.startsAfter ?? 'recent'}`,
  oneAtATime: ({ calendarId }) => `backfill:${calendarId}`,
});
