import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Brings Luma's copy of one event up to our newest row. */
export const eventPush = defineJob({
  name: 'event.push',
  queue: 'events',
  payload: z.strictObject({ eventId: z.uuid() }),
  attempts: 10,
  backoff: { firstMs: 2_000, maxMs: 15 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 24 * HOUR_MS,
  priority: 'interactive',
  dedupeKey: ({ eventId }) => `event.push:${eventId}`,
  oneAtATime: ({ eventId }) => `event:${eventId}`,
});
