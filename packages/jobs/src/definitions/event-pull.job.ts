import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Reads one event that Luma has and merges it into ours. */
export const eventPull = defineJob({
  name: 'event.pull',
  queue: 'events',
  payload: z.strictObject({ eventId: z.uuid() }),
  attempts: 8,
  backoff: { firstMs: 5_000, maxMs: 15 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 12 * HOUR_MS,
  priority: 'sync',
  dedupeKey: ({ eventId }) => `event.pull:${eventId}`,
  // Not the event itself: a push of it does not wait for the slot and the answer of a pull.
  oneAtATime: ({ eventId }) => `event-pull:${eventId}`,
});
