import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/** Applies one stored webhook delivery to our records. */
export const inboxApply = defineJob({
  name: 'inbox.apply',
  queue: 'events',
  // `recordKey` names the record the delivery speaks of (Luma's event id), so that deliveries about one record take
  // turns.
  payload: z.strictObject({ deliveryId: z.uuid(), recordKey: z.string().min(1).max(200) }),
  attempts: 8,
  backoff: { firstMs: 1_000, maxMs: 5 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 12 * HOUR_MS,
  priority: 'sync',
  dedupeKey: ({ deliveryId }) => `inbox.apply:${deliveryId}`,
  oneAtATime: ({ recordKey }) => `inbox:${recordKey}`,
});
