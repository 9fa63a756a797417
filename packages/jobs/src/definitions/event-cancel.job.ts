import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { MINUTE_MS, SECOND_MS } from '../durations.js';

/**
 * Cancels an event at Luma for good: guests are mailed, the event is deleted there. Carries out one person's command
 * and nothing else; Luma is asked once, and after that only looked at.
 */
export const eventCancel = defineJob({
  name: 'event.cancel',
  queue: 'events',
  payload: z.strictObject({ eventId: z.uuid() }),
  reconciles: false,
  attempts: 5,
  backoff: { firstMs: 5 * SECOND_MS, maxMs: 2 * MINUTE_MS },
  // What a person confirmed is soon no longer so: rather given up than done much later.
  deadlineMs: 30 * MINUTE_MS,
  priority: 'interactive',
  dedupeKey: ({ eventId }) => `event.cancel:${eventId}`,
  oneAtATime: ({ eventId }) => `event:${eventId}`,
});
