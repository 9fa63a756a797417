import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Lists a calendar's coming events at Luma and merges each into ours; what webhooks missed is found here. */
export const calendarPull = defineJob({
  name: 'calendar.pull',
  queue: 'events',
  /** With `head` one page alone: the events that start next, or those that start last. */
  payload: z.strictObject({ calendarId: z.uuid(), head: z.enum(['next', 'last']).optional() }),
  attempts: 6,
  backoff: { firstMs: 10_000, maxMs: 15 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 6 * HOUR_MS,
  priority: 'bulk',
  dedupeKey: ({ calendarId, head }) => `calendar.pull:${calendarId}${head === undefined ? '' : `:${head}`}`,
  oneAtATime: ({ calendarId }) => `calendar:${calendarId}`,
});
