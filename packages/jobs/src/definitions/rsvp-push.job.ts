import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, SECOND_MS } from '../durations.js';

/**
 * Brings Luma's guests of one event up to our RSVPs. One operation carries every RSVP of the event that is due, so that
 * two thousand answers cost a few requests an event and not one each.
 */
export const rsvpPush = defineJob({
  name: 'rsvp.push',
  queue: 'guests',
  payload: z.strictObject({ eventId: z.uuid() }),
  attempts: 10,
  backoff: { firstMs: 2_000, maxMs: 900 * SECOND_MS },
  reconciles: true,
  deadlineMs: 24 * HOUR_MS,
  priority: 'interactive',
  dedupeKey: ({ eventId }) => `rsvp.push:${eventId}`,
  oneAtATime: ({ eventId }) => `guests:${eventId}`,
});
