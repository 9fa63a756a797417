import { z } from 'zod';
import { defineJob } from '../define-job.js';
import { HOUR_MS, MINUTE_MS } from '../durations.js';

/**
 * Lists an event's guests at Luma and merges every page into our RSVPs; may assign coupons to those who hold a place.
 */
export const guestPull = defineJob({
  name: 'guest.pull',
  queue: 'guests',
  payload: z.strictObject({
    eventId: z.uuid(),
    assignCoupons: z.boolean(),
    sendEmails: z.boolean(),
    /** Also mails codes that were given before without a mail: a person asked for mails. */
    mailAssigned: z.boolean().optional(),
    /**
     * People who may be mailed a code by this pull, as a person counted them; absent: nobody said, and the calendar's
     * limit holds.
     */
    mailsConfirmed: z.number().int().nonnegative().optional(),
    /** Only guests with this status at Luma; null reads all of them. */
    approvalStatus: z.enum(['approved', 'pending_approval', 'invited', 'declined', 'waitlist']).nullable(),
  }),
  attempts: 8,
  backoff: { firstMs: 5_000, maxMs: 15 * MINUTE_MS },
  reconciles: true,
  deadlineMs: 12 * HOUR_MS,
  priority: 'bulk',
  dedupeKey: (p) =>
    `guest.pull:${p.eventId}:${p.assignCoupons}:${p.sendEmails}:${p.approvalStatus ?? 'all'}` +
    (p.mailsConfirmed === undefined ? '' : `:${p.mailsConfirmed}`) +
    (p.mailAssigned === true ? ':assigned' : ''),
  // Not `guests:`, which an RSVP push needs: a pull takes that page by page, so that a person does not wait for a long
  // list.
  oneAtATime: ({ eventId }) => `guest-pull:${eventId}`,
});
