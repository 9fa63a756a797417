import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Looks at the newest registrations and check-ins of an event at Luma: what webhooks missed, for two requests. */
export const rsvpReconcile = defineJob({
  name: 'rsvp.reconcile',
  queue: 'guests',
  payload: z.strictObject({ eventId: z.uuid() }),
  attempts: 4,
  backoff: { firstMs: 5_000, maxMs: 5 * MINUTE_MS },
  reconciles: true,
  deadlineMs: HOUR_MS,
  priority: 'bulk',
  dedupeKey: ({ eventId }) => `rsvp.reconcile:${eventId}`,
  // As a guest pull, which sees all of this and more.
  oneAtATime: ({ eventId }) => `guest-pull:${eventId}`,
});
