import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** A push that has not succeeded this long after it was asked for waits for something itself. */
export const PUSH_EXPECTED_MS = MINUTE_MS;

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
